"""The census of a mailbox: whose data was in it, which, how many. Plain Python, so that its workers start at once.

store (staging, mbox) -> chunks -> workers (parts, documents, detectors, tally) -> ledger on disc -> figures
"""
