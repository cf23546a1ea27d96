"""The words and the rules. No Flask, no SQL, no files: standard library, numpy and networkx only."""
