"""A fictional community, drawn by rule and loaded like any other town's data."""
