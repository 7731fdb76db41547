"""A reader of vector tiles written from the format's text, to check the writers by."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass
class Feature:
    id: int | None = None
    tags: dict[str, object] = field(default_factory=dict)
    kind: int = 0
    parts: list[list[tuple[int, int]]] = field(default_factory=list)


def fields_of(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        match key & 7:
            case 0:
                value, at = varint(message, at)
            case 1:
                value, at = message[at : at + 8], at + 8
            case 2:
                length, at = varint(message, at)
                value, at = message[at : at + length], at + length
            case 5:
                value, at = message[at : at + 4], at + 4
            case other:
                raise AssertionError(f"wire type {other}")
        assert at <= len(message)
        yield key >> 3, value


def varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def numbers(packed: bytes) -> list[int]:
    found, at = [], 0
    while at < len(packed):
        value, at = varint(packed, at)
        found.append(value)
    return found


def read_tile(content: bytes) -> dict[str, list[Feature]]:
    """Features by layer name."""
    layers = {}
    for number, layer in fields_of(content):
        assert number == 3
        name, features = read_layer(layer)
        assert name not in layers
        layers[name] = features
    return layers


def read_layer(layer: bytes) -> tuple[str, list[Feature]]:
    name, keys, values, raw, facts = "", [], [], [], {}
    for number, value in fields_of(layer):
        match number:
            case 1:
                name = value.decode()
            case 2:
                raw.append(value)
            case 3:
                keys.append(value.decode())
            case 4:
                values.append(read_value(value))
            case _:
                facts[number] = value
    assert facts[15] == 2, "version"
    assert facts.get(5, 4096) == 4096
    return name, [read_feature(one, keys, values) for one in raw]


def read_value(message: bytes) -> object:
    [(number, value)] = fields_of(message)
    if number == 1:
        return value.decode()
    return (value >> 1) ^ -(value & 1) if number == 6 else value


def read_feature(message: bytes, keys: list[str], values: list[object]) -> Feature:
    feature = Feature()
    for number, value in fields_of(message):
        match number:
            case 1:
                feature.id = value
            case 2:
                pairs = numbers(value)
                named = zip(pairs[::2], pairs[1::2], strict=True)
                feature.tags = {keys[k]: values[v] for k, v in named}
            case 3:
                feature.kind = value
            case 4:
                feature.parts = read_geometry(numbers(value))
    return feature


def read_geometry(commands: list[int]) -> list[list[tuple[int, int]]]:
    parts, x, y, at = [], 0, 0, 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == 7:
            parts[-1].append(parts[-1][0])
            continue
        for _ in range(count):
            dx, dy = ((v >> 1) ^ -(v & 1) for v in commands[at : at + 2])
            x, y, at = x + dx, y + dy, at + 2
            if command == 1:
                parts.append([])
            parts[-1].append((x, y))
    return parts


def doubled_area(ring: list[tuple[int, int]]) -> int:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
