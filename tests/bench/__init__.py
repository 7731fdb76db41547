"""Benchmarks: each module measures one claim and returns Markdown rows; nothing here is part of the product."""
