"""System checks: each names the setting, the danger and the remedy."""
