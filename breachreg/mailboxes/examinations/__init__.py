"""The examination of a mailbox: files brought to an incident, read in the background, shown as rules, log and census.

file -> kind confirmed by a person -> leased row -> reading (rules, records, figures) -> pages; values are not kept
"""
