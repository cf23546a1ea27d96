"""The GIS workbench: boundaries brought in or drawn, reviewed as changesets, published as versions, rolled back.

`drafting` files in, `editing` drawn ones; `changesets` what is stored; `difference` and `impact` what it would do;
`publishing` and `history` the versions; `standing` what stands now; `jobs` uploads under way.
"""
