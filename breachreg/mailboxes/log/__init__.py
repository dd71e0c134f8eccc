"""Audit and sign-in logs of a mailbox: dirty rows in, facts with their source row out."""
