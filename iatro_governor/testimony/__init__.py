"""What the planner said, and whether its actions agree: labels, claims, declared actions, verdicts.

Pure: nothing here reads a clock, a file, the environment or a global; time comes in as an argument.
"""
