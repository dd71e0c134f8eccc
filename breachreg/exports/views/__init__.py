"""Pages of the trail and of what leaves."""
