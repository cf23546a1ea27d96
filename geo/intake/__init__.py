"""Boundary files: read, placed, checked and repaired in a child process that can reach nothing.

`job.take_in` is the only door: it runs `child` on a copy of the file in a folder of its own and reads the answer.
Inside: `formats/` (what a file says), `placing` (its coordinate system), `checks/` (what is wrong with it and what
could be mended), `pipeline` (their order).
"""
