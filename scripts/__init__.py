"""Tools for whoever keeps the project: nothing here runs while the app serves."""
