"""Loading a dataset (folders of CSV files with a source on every row) into the database, whole or not at all."""
