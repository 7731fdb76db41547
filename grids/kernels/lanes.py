"""Lanes: one cache line per node holds the walks to 32 categories, and one vector step relaxes them all.

A lane table is (n, 32) uint16, aligned to 64 bytes. A cell holds `walk_dm + bias`, where
bias = 65534 - cutoff_dm: whatever is longer than the cutoff saturates to 65535 by itself, so the
cutoff costs nothing, nothing can wrap around, and an edge of any length is safe.

The vector steps are LLVM vector instructions of 32 x 16 bit, which LLVM splits into whatever the
machine has: one AVX-512, two AVX2 or four SSE2 operations. Written as loops over uint16 they would
not vectorise, because numba widens every sum to 64 bits.
"""

# mypy: disable-error-code="no-untyped-call"
# The builder of LLVM code is untyped; what these functions emit is typed by their signatures below.

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped,unused-ignore]
from numba import types  # type: ignore[import-untyped,unused-ignore]
from numba.core import cgutils  # type: ignore[import-untyped,unused-ignore]
from numba.extending import intrinsic  # type: ignore[import-untyped,unused-ignore]
from numba.np.arrayobj import make_array  # type: ignore[import-untyped,unused-ignore]

from grids.kernels.graph import UNREACHED, Uint16Array

LANES = 32
LINE_BYTES = 64
MAX_CUTOFF_DM = UNREACHED - 1

_WORD = ir.IntType(16)
_LINE = ir.VectorType(_WORD, LANES)


def lane_table(node_count: int) -> Uint16Array:
    """(n, 32) uncleared cells, each row on one cache line (a row across two lines costs double)."""
    raw = np.empty((node_count + 1) * LINE_BYTES, np.uint8)
    skip = -raw.ctypes.data % LINE_BYTES
    aligned = raw[skip : skip + node_count * LINE_BYTES]
    return aligned.view(np.uint16).reshape(node_count, LANES)


def _line_pointer(context: Any, builder: Any, table_type: Any, table: Any, row: Any) -> Any:
    base = builder.bitcast(make_array(table_type)(context, builder, table).data, _WORD.as_pointer())
    cell = builder.gep(base, [builder.mul(row, ir.Constant(row.type, LANES))], inbounds=True)
    return builder.bitcast(cell, _LINE.as_pointer())


def _load_line(builder: Any, pointer: Any) -> Any:
    line = builder.load(pointer)
    line.align = LINE_BYTES
    return line


def _store_line(builder: Any, line: Any, pointer: Any) -> None:
    builder.store(line, pointer, align=LINE_BYTES)


def _vector_call(builder: Any, name: str, left: Any, right: Any) -> Any:
    signature = ir.FunctionType(_LINE, [_LINE, _LINE])
    return builder.call(
        cgutils.get_or_insert_function(builder.module, signature, f"{name}.v32i16"), [left, right]
    )


def _in_all_lanes(builder: Any, word: Any) -> Any:
    zero = ir.Constant(ir.IntType(32), 0)
    single = builder.insert_element(ir.Constant(_LINE, ir.Undefined), word, zero)
    return builder.shuffle_vector(
        single, ir.Constant(_LINE, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), LANES), None)
    )


def _element(context: Any, builder: Any, array_type: Any, array: Any, position: Any) -> Any:
    data = make_array(array_type)(context, builder, array).data
    return builder.load(builder.gep(data, [position], inbounds=True))


def _for_each_link(context: Any, builder: Any, signature: Any, args: Any, step: Any) -> None:
    """Emit `for link in begin..end: step(row pointer of other[link], length_dm[link] in all lanes)`."""
    _, _, other, length_dm, begin, end = args
    with cgutils.for_range_slice(builder, begin, end, ir.Constant(begin.type, 1), inc=True) as (link, _):
        node = builder.sext(_element(context, builder, signature.args[2], other, link), begin.type)
        word = _element(context, builder, signature.args[3], length_dm, link)
        pointer = _line_pointer(context, builder, signature.args[0], args[0], node)
        step(pointer, _in_all_lanes(builder, word))


def _push_row(
    typing_context: Any, table: Any, row: Any, other: Any, length_dm: Any, begin: Any, end: Any
) -> Any:
    """table[other[link]] = min(table[other[link]], table[row] + length_dm[link]) for the row's links."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        own = _load_line(builder, _line_pointer(context, builder, signature.args[0], args[0], args[1]))

        def step(pointer: Any, length: Any) -> None:
            offer = _vector_call(builder, "llvm.uadd.sat", own, length)
            better = _vector_call(builder, "llvm.umin", _load_line(builder, pointer), offer)
            _store_line(builder, better, pointer)

        _for_each_link(context, builder, signature, args, step)
        return context.get_dummy_value()

    return types.void(table, types.int64, other, length_dm, types.int64, types.int64), emit


def _pull_row(
    typing_context: Any, table: Any, row: Any, other: Any, length_dm: Any, begin: Any, end: Any
) -> Any:
    """table[row] = min(table[row], table[other[link]] + length_dm[link]) over the row's links."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        own_pointer = _line_pointer(context, builder, signature.args[0], args[0], args[1])
        best = cgutils.alloca_once_value(builder, _load_line(builder, own_pointer))

        def step(pointer: Any, length: Any) -> None:
            offer = _vector_call(builder, "llvm.uadd.sat", _load_line(builder, pointer), length)
            builder.store(_vector_call(builder, "llvm.umin", builder.load(best), offer), best)

        _for_each_link(context, builder, signature, args, step)
        _store_line(builder, builder.load(best), own_pointer)
        return context.get_dummy_value()

    return types.void(table, types.int64, other, length_dm, types.int64, types.int64), emit


def _meet_rows(
    typing_context: Any, table: Any, a: Any, a_dm: Any, b: Any, b_dm: Any, bias_dm: Any, tile: Any, row: Any
) -> Any:
    """tile[row] = min(table[a] + a_dm, table[b] + b_dm) with the bias taken off, UNREACHED kept."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        table_type, tile_type = signature.args[0], signature.args[6]

        def offer(node: Any, length: Any) -> Any:
            line = _load_line(builder, _line_pointer(context, builder, table_type, args[0], node))
            return _vector_call(builder, "llvm.uadd.sat", line, _in_all_lanes(builder, length))

        best = _vector_call(builder, "llvm.umin", offer(args[1], args[2]), offer(args[3], args[4]))
        is_unreached = builder.icmp_unsigned("==", best, ir.Constant(_LINE, [UNREACHED] * LANES))
        plain = builder.sub(best, _in_all_lanes(builder, args[5]))
        pointer = _line_pointer(context, builder, tile_type, args[6], args[7])
        _store_line(builder, builder.select(is_unreached, best, plain), pointer)
        return context.get_dummy_value()

    word = types.uint16
    return types.void(table, types.int64, word, types.int64, word, word, tile, types.int64), emit


def _sum_covered(
    typing_context: Any, tile: Any, weight: Any, row_count: Any, reach_dm: Any, sums: Any
) -> Any:
    """sums[0] = per lane, the weights of the rows whose walk is at most reach_dm (sums below 65,536)."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        total = cgutils.alloca_once_value(builder, ir.Constant(_LINE, [0] * LANES))
        reach = _in_all_lanes(builder, args[3])
        one, zero = ir.Constant(args[2].type, 1), ir.Constant(args[2].type, 0)
        with cgutils.for_range_slice(builder, zero, args[2], one, inc=True) as (row, _):
            line = _load_line(builder, _line_pointer(context, builder, signature.args[0], args[0], row))
            word = _element(context, builder, signature.args[1], args[1], row)
            is_covered = builder.icmp_unsigned("<=", line, reach)
            share = builder.select(is_covered, _in_all_lanes(builder, word), ir.Constant(_LINE, [0] * LANES))
            builder.store(builder.add(builder.load(total), share), total)
        _store_line(
            builder, builder.load(total), _line_pointer(context, builder, signature.args[4], args[4], zero)
        )
        return context.get_dummy_value()

    return types.void(tile, weight, types.int64, types.uint16, sums), emit


def _turn_block(
    typing_context: Any,
    tile: Any,
    row: Any,
    lane: Any,
    walk_dm: Any,
    category: Any,
    building: Any,
    count: Any,
) -> Any:
    """walk_dm[category + c, building + r] = tile[row + r, lane + c] for 8 rows and up to 8 lanes."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        tile_array, row, lane, out_array, category, building, count = args
        eighth = ir.VectorType(_WORD, 8)
        out = make_array(signature.args[3])(context, builder, out_array)
        width = cgutils.unpack_tuple(builder, out.shape, 2)[1]
        tile_base = builder.bitcast(
            make_array(signature.args[0])(context, builder, tile_array).data, _WORD.as_pointer()
        )
        out_base = builder.bitcast(out.data, _WORD.as_pointer())
        rows = []
        for r in range(8):
            at = builder.add(
                builder.mul(builder.add(row, ir.Constant(row.type, r)), ir.Constant(row.type, LANES)), lane
            )
            part = builder.load(
                builder.bitcast(builder.gep(tile_base, [at], inbounds=True), eighth.as_pointer())
            )
            part.align = 16
            rows.append(part)
        # Interleaving row i with row i + 4 three times turns an 8 x 8 block.
        picks = [
            ir.Constant(ir.VectorType(ir.IntType(32), 8), [0, 8, 1, 9, 2, 10, 3, 11]),
            ir.Constant(ir.VectorType(ir.IntType(32), 8), [4, 12, 5, 13, 6, 14, 7, 15]),
        ]
        for _ in range(3):
            rows = [builder.shuffle_vector(rows[i], rows[i + 4], pick) for i in range(4) for pick in picks]
        for c in range(8):
            with builder.if_then(builder.icmp_signed(">", count, ir.Constant(count.type, c)), likely=True):
                at = builder.add(
                    builder.mul(builder.add(category, ir.Constant(category.type, c)), width), building
                )
                pointer = builder.bitcast(builder.gep(out_base, [at], inbounds=True), eighth.as_pointer())
                builder.store(rows[c], pointer, align=2)
        return context.get_dummy_value()

    number = types.int64
    return types.void(tile, number, number, walk_dm, number, number, number), emit


def _fetch_row(typing_context: Any, table: Any, row: Any) -> Any:
    """Ask the memory for a row that will be read soon; changes nothing."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _line_pointer(context, builder, signature.args[0], args[0], args[1])
        flag = ir.IntType(32)
        hint = ir.FunctionType(ir.VoidType(), [_LINE.as_pointer(), flag, flag, flag])
        function = cgutils.get_or_insert_function(builder.module, hint, "llvm.prefetch.p0")
        is_write, keep_near, is_data = ir.Constant(flag, 0), ir.Constant(flag, 3), ir.Constant(flag, 1)
        builder.call(function, [pointer, is_write, keep_near, is_data])
        return context.get_dummy_value()

    return types.void(table, types.int64), emit


push_row: Any = intrinsic(_push_row)
pull_row: Any = intrinsic(_pull_row)
meet_rows: Any = intrinsic(_meet_rows)
sum_covered: Any = intrinsic(_sum_covered)
turn_block: Any = intrinsic(_turn_block)
fetch_row: Any = intrinsic(_fetch_row)
