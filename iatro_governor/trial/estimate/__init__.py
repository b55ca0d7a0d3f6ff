"""What a table of runs says of the treatment: effect and harm over the dose, TI-S, limits, pairs, contraindications."""
