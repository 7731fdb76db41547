"""Draw a small OSM file by hand: XML text, or PBF through osmium's own writer."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

import osmium


def xml(*objects: str, header: str = '<bounds minlat="43" minlon="7" maxlat="44" maxlon="8"/>') -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">{header}{"".join(objects)}</osm>\n'


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def node(number: int, lon: float, lat: float, *, version: int = 1, **tags: str) -> str:
    return f'<node id="{number}" version="{version}" lon="{lon}" lat="{lat}">{_tags(tags)}</node>'


def way(number: int, refs: list[int], *, version: int = 1, **tags: str) -> str:
    nodes = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    return f'<way id="{number}" version="{version}">{nodes}{_tags(tags)}</way>'


def relation(number: int, members: list[tuple[str, int, str]], **tags: str) -> str:
    inside = "".join(f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members)
    return f'<relation id="{number}" version="1">{inside}{_tags(tags)}</relation>'


def square(first: int, lon: float, lat: float, size: float = 0.001) -> list[str]:
    """Four nodes, numbered from `first` against the clock from the south-west corner."""
    corners = [(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size)]
    return [node(first + i, round(x, 7), round(y, 7)) for i, (x, y) in enumerate(corners)]


def ring(first: int) -> list[int]:
    return [first, first + 1, first + 2, first + 3, first]


def as_pbf(text: str, target: Path) -> Path:
    source = target.with_suffix(".xml.osm")
    source.write_text(text)
    with osmium.io.Reader(str(source)) as reader:
        header = reader.header()
    with osmium.SimpleWriter(str(target), header=header) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    return target
