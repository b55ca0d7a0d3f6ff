"""From limits to a decision: admissible set, resolution, stop modes, fault ladder."""
