"""Measurements: each side by side with a peer in one run, told as ratios of medians. `make bench` runs them all."""
