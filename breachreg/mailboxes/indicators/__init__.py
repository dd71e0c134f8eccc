"""Indicators of compromise: kept per incident, imported from published files, and looked for in all that is here, offline."""
