"""Chain gaps."""
