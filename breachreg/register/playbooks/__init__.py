"""Playbooks: what is done when something of a kind happened, by whom and for when; ours are data, an organisation adds its own."""
