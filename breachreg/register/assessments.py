"""Assess an incident's risk and decide what follows: the law's engine recommends, a named person decides.

An assessment is a version: the facts, the rules it was made under and the explanation as it was given, never edited.
A decision not to notify waits for a second person.
"""
