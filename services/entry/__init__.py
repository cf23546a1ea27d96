"""Data entry: sheets of facts out to CSV or XLSX and back, with a preview and every fault named."""
