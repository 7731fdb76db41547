"""Benchmarks: each module measures one claim and returns Markdown rows. No part of the product."""
