"""Measurements: each side by side with a peer in one run, told as ratios of medians. `make bench` runs them all.

map_page, gap_matrix        what is measured; gap_matrix tells the parts below in their order
gap_aggregation             adding up enterprises, beside gap_peers
gap_change, gap_memory      one enterprise changed; our memory, in a process of its own
gap_province                the made-up data; timing takes and tells the times
"""
