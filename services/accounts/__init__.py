"""Accounts: who may log in, as whom, for how long; and the log of what was done."""
