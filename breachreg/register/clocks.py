"""The board of clocks of an incident: every regime that concerns the organisation, each from its own instant."""
