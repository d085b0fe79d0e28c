"""Sample data and the robot operator of the demo."""
