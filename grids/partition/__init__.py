"""Drawing, importing and checking management grids."""
