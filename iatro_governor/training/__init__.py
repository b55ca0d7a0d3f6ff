"""Training of the label model; not on the robot, and nothing of the package imports it."""
