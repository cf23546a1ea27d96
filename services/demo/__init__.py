"""The demonstration dataset: a fictional prefecture, generated from a seed, in a database of its own.

Places, firms and figures are invented; the structure of the chains is that of data/base. Every row says so: origin
"demo", grade D, one source.

parameters    what is asked for, its limits, its hash, one random stream a subject
names         fictional names
geography     counties, parks and zones
roads         the belt, its sections and stops, the road graph
land          plots, plants, facilities
chains        the real chains with synthetic coefficients
trio          the worked example of DESIGN section 4 at three parks
specialities  which park works in which chain
firms         enterprises and their capacities, drawn
firm_rows     the same as rows
policy        the demonstration document: designations, clusters, targets; observations and surveys
places        places and their outlines as rows
writing       rows into tables, in batches
loading       all of it, in one transaction
"""
