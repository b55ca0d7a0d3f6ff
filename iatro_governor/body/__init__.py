"""What the body is and does now: shape, odometry, what the sensors see, where it would come to rest."""
