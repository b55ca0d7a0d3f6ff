"""Measuring the treatment: scenarios, scripted planners and closed-loop runs with and without a governor."""
