"""Mailbox rules from every export that we know: read into one shape, told in words, judged with reasons."""
