"""Chain gaps from the database.

reading    the rows as a problem of domain.gaps, public or internal
standing   which firm stands where, with what capacity
minutes    travel minutes between the places
kept       the gaps of a day and a radius, kept and brought up to the data revision
asking     what may be asked: radius, chain, filters
answers    gaps as rows, overlay and matrix
sentences  a gap in one sentence to read aloud
ordering   the list in the order asked for, and where each row stands
summary    how many of each kind, where nobody has looked
unknowns   whom to ask first
landings   a what-if as it is written, every fault named; what_if: its answer
designations  clauses held against the firms that stand there; designation_ground, designation_sentences: its parts
files      the list as CSV or XLSX
"""
