"""From OSM objects and tables to an inventory of facilities."""
