"""Geometry in, geometry or numbers out.

Inside, every geometry is EPSG:4490 (CGCS2000), x = longitude, y = latitude, degrees, two dimensions, valid.
Areas and lengths are geodesic on GRS80. Nothing here knows Flask, SQL or the other layers of the app.
"""
