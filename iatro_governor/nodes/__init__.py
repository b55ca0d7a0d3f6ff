"""Thin ROS 2 shells around the pure rooms; nothing else in the package imports rclpy."""
