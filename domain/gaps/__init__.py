"""Chain gaps: which nodes of a chain are missing, thin, single or unknown at each place, counting neighbours in reach.

    inputs                      what is given
    graph, reach, capacity      the same in integer codes; problem holds all of it
    allocation                  who supplies whom
    kinds, presence_rules       the rules; judge applies them to a block of nodes
    engine                      compute, recompute, the table of supplies
    rows, local_share           what is read of it; relatedness orders what might be added
    what_if, unknowns           landings; which unknown to ask for first

The rules are those of DESIGN section 4. Where it is silent, this is how it is read here:

1. Own use comes first even before a neighbour at 0 minutes; radius 0 is the place alone, such neighbours left out.
   Otherwise "own use comes first", "r = 0 equals place alone" and "no gap grows with r" would not hold together.
2. An unknown buyer without an upper bound asks for more than anybody has: S_low is 0 at its place, and what it takes
   in its turn is gone for others. Any smaller reading would not hold every true value.
3. No local demand (延链) means none even from unknown buyers. S below 0.8 means by more than 1e-9; a gap of up to
   1e-9 亿元 (0.1 yuan) is noise and counts as 0.
4. The kinds at both ends of the interval are decided with the capacities of that end, what is in reach included.
   Capacity "in reach" for the single point is known capacity above 0.
5. 壮链 needs the node to be present at the place: what is not there cannot be strengthened. A cluster's output is the
   one observed in the scope of its targets; without one the sum of its nodes' capacities at the place, as interval.
6. 延链: next to a present node over an edge of any type. Relatedness is that of co-location.
7. Output at risk is the whole known output, at the place, of the direct buyers of the node, whatever is covered.
   Buyers that may use a substitute without a known share do not count.
8. Median capacity and "suppliers below it" compare places, as the allocation does; with an unknown among the places in
   reach it is not "both known". 对接, 技改扩能 and 招商 are proposed for 补链 and 强链, 招商 for 延链.
9. Presence decides where no yuan of demand can be computed, because a coefficient or the shares of substitutes are
   missing. An input is then wanted where its buyer is present, or where an ancestor of it and a descendant of that
   buyer are: the chain is broken between them. Where yuan are known besides, they decide; the row is marked partial.
10. A group of substitutes with a share for some only has no shares. A group of one is no group.
11. Joined nodes (same_as) are one node under the smallest code. An edge that two chains give counts once; two different
    coefficients leave it unknown. A survey of either chain covers the node.
12. The belt takes its places whatever the minutes between them; pairs without minutes come last. A place off the belt
    stands alone there, so a gap may be larger on 全带 than at 60 minutes for such a place only.
13. The raw-material stage is `upstream`.
"""
