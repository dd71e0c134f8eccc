"""The pages of mailboxes."""
