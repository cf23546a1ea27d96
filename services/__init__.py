"""Use cases: one public function = one transaction = one audit line. No Flask here."""
