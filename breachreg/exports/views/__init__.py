"""Pages of the trail, of what leaves, of the auditor and of retention."""
