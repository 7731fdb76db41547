"""From OSM ways to a walking network and the base map under it."""
