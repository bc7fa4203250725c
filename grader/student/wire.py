"""The encoding between the grader and the student process: framed, without pickle.

A frame is `magic | header length | body length | header | body`: the header is JSON that describes
one value, the body the raw bytes of its arrays. A value is built from None, bool, int, float, str,
bytes, list, tuple, dict with str keys, numpy arrays and scalars of the listed dtypes, and

- `Handle`: an object that stays in the student process, named by a number;
- `Ref`: a result of an earlier call in the same message;
- `Opaque`: the type name of something that has no encoding.

`decode` believes nothing: any malformed input is a `WireError`, before memory is allocated for it.
This module is the only one that both sides import; it needs nothing but numpy.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

MAGIC: Final = b"DSC1"
PREFIX: Final = struct.Struct("<4sIQ")  # magic, header bytes, body bytes
# A few thousand calls take 1 MiB; what a forged 2 MiB unfold to is below 80.
MAX_HEADER: Final = 2 << 20
MAX_BODY: Final = 128 << 20
MAX_DEPTH: Final = 24
MAX_NODES: Final = 150_000
MAX_BRACKETS: Final = 2 * MAX_NODES  # lists, tables and their entries: the most memory for a byte
MAX_DIMENSIONS: Final = 8
ALIGNMENT: Final = 16
LARGEST_INT: Final = 1 << 63

_CODES = ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
DTYPES: Final = {np.dtype(code).str: np.dtype(code) for code in _CODES}  # in native byte order
_TEXT: Final = frozenset({str})
_NAMES: Final = {dtype: name for name, dtype in DTYPES.items()}


# The tree is made here, of lists and tables: it cannot hold itself.
_to_json: Final = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class WireError(ValueError):
    """A frame that is malformed, too large, or holds what the wire does not carry."""


@dataclass(frozen=True)
class Handle:
    """An object kept in the student process, such as a cache or an optimizer's state."""

    number: int


@dataclass(frozen=True)
class Ref:
    """Item `item` of what call number `call` of the same message returned (None: all of it)."""

    call: int
    item: int | None = None


@dataclass(frozen=True)
class Opaque:
    """Stands for an object that has no encoding; only its type's name is told."""

    type_name: str


class _Encoder:
    def __init__(self) -> None:
        self.buffers: list[bytes] = []
        self.size = 0

    def value(self, x: Any, depth: int = 0) -> Any:
        """The JSON form of x; what JSON lacks is {tag: content}."""
        kind = type(x)
        if kind is str or kind is float or x is None or kind is bool:
            return x
        if kind is int:
            return x if -LARGEST_INT <= x < LARGEST_INT else {"o": "a very large int"}
        if depth >= MAX_DEPTH:
            return {"o": "a very deeply nested value"}
        depth += 1
        if kind is np.ndarray:
            return self._array(x)
        if kind is list:
            return [self.value(item, depth) for item in x]
        if kind is tuple:
            return {"t": [self.value(item, depth) for item in x]}
        if kind is dict and _TEXT.issuperset(map(type, x)):
            return {"d": {key: self.value(item, depth) for key, item in x.items()}}
        if isinstance(x, np.generic) and x.dtype in _NAMES:
            return {"s": [_NAMES[x.dtype], self._bytes(x.tobytes())]}
        if kind is bytes:
            return {"y": [self._bytes(x), len(x)]}
        if kind is Handle:
            return {"h": x.number}
        if kind is Ref:
            return {"r": [x.call, x.item]}
        if kind is Opaque:
            return {"o": x.type_name}
        return {"o": kind.__name__}

    def _array(self, x: np.ndarray) -> Any:
        name = _NAMES.get(x.dtype)
        if name is None:
            return {"o": f"an array of {x.dtype.name}"}
        if x.ndim > MAX_DIMENSIONS:
            return {"o": f"an array of {x.ndim} dimensions"}
        # The memory layout travels too: a correct function must not depend on it, so checks send
        # transposed and strided inputs, and they have to arrive as such.
        flags = x.flags
        if flags.c_contiguous:
            layout, raw = "C", x.tobytes()
        elif flags.f_contiguous:
            layout, raw = "F", x.tobytes(order="F")
        else:
            layout, raw = "S", x.tobytes()
        return {"a": [name, x.shape, self._bytes(raw), layout]}

    def _bytes(self, raw: bytes) -> int:
        offset = self.size
        padding = -len(raw) % ALIGNMENT
        self.buffers.append(raw)
        if padding:
            self.buffers.append(bytes(padding))
        self.size += len(raw) + padding
        return offset


class _Decoder:
    def __init__(self, body: bytearray | memoryview) -> None:
        self.body = memoryview(body)
        self.used = 0
        self.nodes = 0

    def value(self, tree: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise WireError("too many values")
        if depth > MAX_DEPTH:
            raise WireError("nested too deeply")
        kind = type(tree)
        if kind is dict:
            if len(tree) != 1:
                raise WireError("a value has no known form")
            ((tag, content),) = tree.items()
            decode = self._TAGS.get(tag)
            if decode is None:
                raise WireError("a value has an unknown tag")
            return decode(self, content, depth)
        if kind is str:
            return tree if tree.isascii() else _text(tree)
        if kind is int:
            if not -LARGEST_INT <= tree < LARGEST_INT:
                raise WireError("an integer is out of range")
            return tree
        if kind is list:
            depth += 1
            return [self.value(item, depth) for item in tree]
        return tree  # None, a bool or a float: JSON knows nothing else

    def _tuple(self, content: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self.value(item, depth + 1) for item in _expect(content, list))

    def _dict(self, content: Any, depth: int) -> dict[str, Any]:
        depth += 1
        return {_text(key): self.value(item, depth) for key, item in _expect(content, dict).items()}

    def _array(self, content: Any, depth: int) -> np.ndarray:
        name, shape, offset, layout = _expect(content, list, 4)
        dtype = DTYPES.get(name) if type(name) is str else None
        if dtype is None:
            raise WireError("an array has a dtype that is not carried")
        if len(_expect(shape, list)) > MAX_DIMENSIONS:
            raise WireError("an array has too many dimensions")
        count = size = 1
        for length in shape:
            if type(length) is not int or length < 0:
                raise WireError("an array has a length that is none")
            count *= length
            size *= length or 1
        # An empty array may still claim huge lengths in its other dimensions.
        if size > MAX_BODY:
            raise WireError("an array has a length out of range")
        raw = self._slice(offset, count * dtype.itemsize)
        flat = np.frombuffer(raw, dtype, count)
        if layout == "C":
            return flat.reshape(shape)
        if layout == "F":
            return flat.reshape(shape[::-1]).T
        if layout == "S" and shape:
            wide = np.zeros([*shape[:-1], 2 * shape[-1]], dtype)
            strided = wide[..., ::2]
            strided[...] = flat.reshape(shape)
            return strided
        raise WireError("an array has an unknown layout")

    def _scalar(self, content: Any, depth: int) -> np.generic:
        name, offset = _expect(content, list, 2)
        dtype = DTYPES.get(_expect(name, str))
        if dtype is None:
            raise WireError("a scalar has a dtype that is not carried")
        scalar: np.generic = np.frombuffer(self._slice(offset, dtype.itemsize), dtype, 1)[0]
        return scalar

    def _raw(self, content: Any, depth: int) -> bytes:
        offset, length = _expect(content, list, 2)
        return bytes(self._slice(offset, _expect(length, int)))

    def _handle(self, content: Any, depth: int) -> Handle:
        return Handle(_expect(content, int))

    def _ref(self, content: Any, depth: int) -> Ref:
        call, item = _expect(content, list, 2)
        return Ref(_expect(call, int), None if item is None else _expect(item, int))

    def _opaque(self, content: Any, depth: int) -> Opaque:
        return Opaque(_text(_expect(content, str)[:200]))

    def _slice(self, offset: Any, length: int) -> memoryview:
        # One after the other, as `pack` lays them out: bytes that could be named twice would let a
        # small frame unfold into a large value.
        if _expect(offset, int) != self.used or not 0 <= length <= len(self.body) - offset:
            raise WireError("an array does not lie where it should in the frame")
        self.used = min(offset + length + -length % ALIGNMENT, len(self.body))
        return self.body[offset : offset + length]

    _TAGS: Final = {
        "t": _tuple,
        "d": _dict,
        "a": _array,
        "s": _scalar,
        "y": _raw,
        "h": _handle,
        "r": _ref,
        "o": _opaque,
    }


def _text(text: str) -> str:
    # A lone surrogate would crash whoever writes the string into a report.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _expect(x: Any, kind: type[Any], length: int | None = None) -> Any:
    if type(x) is not kind or (length is not None and len(x) != length):
        raise WireError(f"a {kind.__name__} was expected")
    return x


def pack(value: Any) -> bytes:
    """The frame that carries `value`. What has no encoding is carried as `Opaque`."""
    encoder = _Encoder()
    header = _to_json(encoder.value(value)).encode()
    header += b" " * (-len(header) % ALIGNMENT)
    if len(header) > MAX_HEADER or encoder.size > MAX_BODY:
        raise WireError(f"a message of {(len(header) + encoder.size) >> 20} MiB is too large")
    return b"".join([PREFIX.pack(MAGIC, len(header), encoder.size), header, *encoder.buffers])


def frame_size(prefix: bytes | bytearray) -> int:
    """How many bytes follow this prefix (`PREFIX.size` bytes) in its frame."""
    magic, header, body = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise WireError("a frame does not start as one")
    if header > MAX_HEADER or body > MAX_BODY:
        raise WireError("a frame is too large")
    return int(header + body)


def unpack(frame: bytes | bytearray) -> Any:
    """The value a whole frame carries; arrays are writable where the frame is a bytearray."""
    if len(frame) < PREFIX.size or len(frame) - PREFIX.size != frame_size(frame[: PREFIX.size]):
        raise WireError("a frame is cut short")
    header_end = PREFIX.size + PREFIX.unpack(frame[: PREFIX.size])[1]
    header = bytes(frame[PREFIX.size : header_end])
    if header.count(b"[") + header.count(b"{") + header.count(b":") > MAX_BRACKETS:
        raise WireError("too many values")
    try:
        tree = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise WireError("a header is not valid JSON") from error
    return _Decoder(memoryview(frame)[header_end:]).value(tree)
