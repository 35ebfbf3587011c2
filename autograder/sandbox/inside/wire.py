"""Frames on the channel between the grader and a submission. ``PROTOCOL.md`` is the description."""

from __future__ import annotations

import json
import re
import socket
import struct
import time
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import torch
from safetensors.torch import load, save

_HEAD = struct.Struct(">II")
MAX_HEADER = 1 << 20
MAX_TENSOR_COUNT = 4096
MAX_AXES = 32
MAX_DEPTH = 32
_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float64, torch.float32, torch.bfloat16, torch.float16, torch.bool,
        torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
    )
}  # fmt: skip
_KNOWN = frozenset(_DTYPES.values())
_FLOATS = ("nan", "inf", "-inf")
_WORD = r"[^\W\d]\w*"
_KIND = re.compile(rf"{_WORD}(?:[ .,()]+{_WORD})*\)?")  # "Tensor (float32, torch.sparse_coo, cpu)"
_MAX_INT_BITS = 4096
Tensors = dict[str, torch.Tensor]  # those of one frame, by the names that its text gives them
Json = Any  # None, bool, int, float, str, lists and dicts of these


class Room(NamedTuple):
    """How large a frame may be.

    Attributes:
        text: bytes of its text.
        tensors: bytes of its tensors, header and all.
    """

    text: int
    tensors: int


REQUEST = Room(4 << 20, 256 << 20)
REPLY = Room(1 << 20, (16 << 20) + MAX_HEADER)
"""From a submission to the grader, who works on all of it."""


class ProtocolError(Exception):
    """The other side sent something that is not a valid frame."""


class TooLarge(MemoryError):
    """A message of one's own that is larger than a frame may be."""


class ChannelClosed(Exception):
    """The other side is gone."""


class ChannelTimeout(Exception):
    """Nothing came in time."""


class Handle:
    """An object that stays on the side of the submission, by number; its type by name."""

    def __init__(self, number: int, kind: str = "object"):
        self.number = number
        self.kind = kind


class Callback:
    """A function that stays on the side of the grader, by number."""

    def __init__(self, number: int):
        self.number = number


class Elsewhere:
    """A tensor on another device, without data, that the grader passes in."""

    def __init__(self, shape: tuple[int, ...], dtype: torch.dtype):
        self.shape = shape
        self.dtype = dtype

    def tensor(self) -> torch.Tensor:
        """The tensor that the learner's code gets."""
        return torch.empty(self.shape, dtype=self.dtype, device="meta")


class Foreign:
    """A value that the channel does not carry; only the name of its type comes across."""

    def __init__(self, kind: str):
        self.kind = kind


def mapped(leaf: Callable[[Any], Any], value: Any) -> Any:
    """``value`` with ``leaf`` applied to whatever its lists, tuples and dicts hold."""
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(mapped(leaf, each) for each in value)
    if isinstance(value, dict):
        return {key: mapped(leaf, each) for key, each in value.items()}
    return leaf(value)


def copied(value: Any) -> Any:
    """``value`` with copies of its lists, tuples and dicts; what these hold stays itself."""
    return mapped(lambda leaf: leaf, value)


def tensors_of(value: Any) -> list[torch.Tensor]:
    """The tensors in nested lists, tuples and dicts, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [tensor for each in value for tensor in tensors_of(each)]
    if isinstance(value, dict):
        return [tensor for each in value.values() for tensor in tensors_of(each)]
    return []


def _encode_float(value: float, tensors: Tensors, depth: int) -> Json:
    value = float.__float__(value)
    return value if value - value == 0 else {"float": str(value)}


def _decode_float(text: Json, packed: dict, tensors: Tensors, depth: int) -> float:
    if not isinstance(text, str) or text not in _FLOATS:
        raise ProtocolError("an unknown float")
    return float(text)


def _encode_tensor(value: torch.Tensor, tensors: Tensors, depth: int) -> Json:
    kind = type(value).__name__
    with torch._C.DisableTorchFunctionSubclass():
        if type(value) is not torch.Tensor:  # without methods of the learner's own
            value = torch.Tensor.as_subclass(value, torch.Tensor)
        name = _name_of(value.dtype)
        plain = value.layout == torch.strided and value.device.type != "meta"
        plain = plain and value.dim() <= MAX_AXES
        if name not in _DTYPES or not plain or value.is_nested or len(tensors) >= MAX_TENSOR_COUNT:
            place = f"{name}, {value.layout}, {value.device.type}"
            return {"foreign": f"{kind} ({place})"}
        _check_size(value.numel() * value.itemsize, REQUEST)
        order = _order(value)
        data = value.detach().cpu().resolve_neg().permute(order)
        key = f"t{len(tensors)}"
        tensors[key] = data.clone(memory_format=torch.contiguous_format)
        packed = {"tensor": key, "grad": bool(value.requires_grad)}
        return packed if order == sorted(order) else packed | {"order": order}


def _decode_tensor(key: Json, packed: dict, tensors: Tensors, depth: int) -> torch.Tensor:
    if not isinstance(key, str) or key not in tensors:
        raise ProtocolError("an unknown tensor")
    tensor = _in_order(tensors.pop(key), packed.get("order"))
    return tensor.requires_grad_(packed.get("grad") is True and tensor.is_floating_point())


def _check_size(size: int, room: Room) -> None:
    most = room.tensors - MAX_HEADER
    if size > most:
        raise TooLarge(f"tensors of more than {most >> 20} MiB")


def _order(value: torch.Tensor) -> list[int]:
    """Its axes as they lie in memory, so that a transposed tensor arrives transposed."""
    axes = list(range(value.dim()))
    if value.is_contiguous():
        return axes
    strides = value.stride()
    order = sorted(axes, key=lambda axis: -strides[axis])
    return order if value.permute(order).is_contiguous() else axes


def _in_order(tensor: torch.Tensor, order: Json) -> torch.Tensor:
    if order is None:
        return tensor
    is_list = type(order) is list and all(type(axis) is int for axis in order)
    if not is_list or sorted(order) != list(range(tensor.dim())):
        raise ProtocolError("an unknown order of axes")
    return tensor.permute([order.index(axis) for axis in range(tensor.dim())])


def _encode_dtype(value: torch.dtype, tensors: Tensors, depth: int) -> Json:
    return {"dtype": _name_of(value)}


def _decode_dtype(name: Json, packed: dict, tensors: Tensors, depth: int) -> torch.dtype:
    if not isinstance(name, str) or name not in _DTYPES:
        raise ProtocolError("an unknown dtype")
    return _DTYPES[name]


def _encode_device(value: torch.device, tensors: Tensors, depth: int) -> Json:
    return {"device": str(value)}


def _decode_device(name: Json, packed: dict, tensors: Tensors, depth: int) -> torch.device:
    if name != "cpu":
        raise ProtocolError("an unknown device")
    return torch.device("cpu")


def _encode_elsewhere(value: Elsewhere, tensors: Tensors, depth: int) -> Json:
    return {"elsewhere": list(value.shape), "dtype": _name_of(value.dtype)}


def _decode_elsewhere(shape: Json, packed: dict, tensors: Tensors, depth: int) -> Elsewhere:
    is_short = type(shape) is list and len(shape) <= MAX_DEPTH
    if not is_short or not all(type(size) is int and 0 <= size < 2**31 for size in shape):
        raise ProtocolError("an unknown shape")
    return Elsewhere(tuple(shape), _decode_dtype(packed.get("dtype"), packed, tensors, depth))


def _encode_handle(value: Handle, tensors: Tensors, depth: int) -> Json:
    return {"handle": value.number, "kind": value.kind}


def _decode_handle(number: Json, packed: dict, tensors: Tensors, depth: int) -> Handle:
    return Handle(_number(number), _kind(packed.get("kind")))


def _encode_callback(value: Callback, tensors: Tensors, depth: int) -> Json:
    return {"callback": value.number}


def _decode_callback(number: Json, packed: dict, tensors: Tensors, depth: int) -> Callback:
    return Callback(_number(number))


def _number(number: Json) -> int:
    if not isinstance(number, int):
        raise ProtocolError("an unknown number")
    return number


def _encode_tuple(value: tuple, tensors: Tensors, depth: int) -> Json:
    return {"tuple": [pack(item, tensors, depth + 1) for item in value]}


def _decode_tuple(items: Json, packed: dict, tensors: Tensors, depth: int) -> tuple:
    return tuple(_decode_list(items, packed, tensors, depth))


def _encode_list(value: list, tensors: Tensors, depth: int) -> Json:
    return {"list": [pack(item, tensors, depth + 1) for item in value]}


def _decode_list(items: Json, packed: dict, tensors: Tensors, depth: int) -> list:
    if type(items) is not list:
        raise ProtocolError("a broken list")
    return [unpack(item, tensors, depth + 1) for item in items]


def _encode_dict(value: dict, tensors: Tensors, depth: int) -> Json:
    items = [(_encode_key(key), item) for key, item in value.items()]
    return {"dict": [[key, pack(item, tensors, depth + 1)] for key, item in items]}


def _encode_key(key: Any) -> bool | int | str:
    return key if type(key) in (bool, int, str) else str(key)


def _decode_dict(items: Json, packed: dict, tensors: Tensors, depth: int) -> dict:
    if type(items) is not list:
        raise ProtocolError("a broken dict")
    decoded = {}
    for item in items:
        if type(item) is not list or len(item) != 2 or type(item[0]) not in (bool, int, str):
            raise ProtocolError("a broken dict")
        key = _text(item[0]) if type(item[0]) is str else item[0]
        decoded[key] = unpack(item[1], tensors, depth + 1)
    return decoded


def _encode_foreign(value: Foreign, tensors: Tensors, depth: int) -> Json:
    return {"foreign": value.kind}


def _decode_foreign(kind: Json, packed: dict, tensors: Tensors, depth: int) -> Foreign:
    if not isinstance(kind, str):
        raise ProtocolError("an unknown type")
    return Foreign(_kind(kind))


def _name_of(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _kind(name: Json) -> str:
    named = type(name) is str and _KIND.fullmatch(name[:80])
    return _text(name[:80]) if named else "object"


def _text(text: str) -> str:
    """``text`` without halves of surrogate pairs, which no file and no page can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class _Codec(NamedTuple):
    """How values of one type cross: as a JSON object with the codec's tag as its first key.

    Attributes:
        carried: the type; values of its subclasses are carried as well.
        encode: makes the object of a value, the tensors of the frame and the depth.
        decode: makes the value of what stands under the tag, the whole object, the tensors and the
            depth; raises ProtocolError for anything that ``encode`` cannot have made.
    """

    carried: type
    encode: Callable[[Any, Tensors, int], Json]
    decode: Callable[[Json, dict, Tensors, int], Any]


# By tag. The first codec that carries a value encodes it.
_CODECS = {
    "float": _Codec(float, _encode_float, _decode_float),
    "tensor": _Codec(torch.Tensor, _encode_tensor, _decode_tensor),
    "dtype": _Codec(torch.dtype, _encode_dtype, _decode_dtype),
    "device": _Codec(torch.device, _encode_device, _decode_device),
    "elsewhere": _Codec(Elsewhere, _encode_elsewhere, _decode_elsewhere),
    "handle": _Codec(Handle, _encode_handle, _decode_handle),
    "callback": _Codec(Callback, _encode_callback, _decode_callback),
    "tuple": _Codec(tuple, _encode_tuple, _decode_tuple),
    "list": _Codec(list, _encode_list, _decode_list),
    "dict": _Codec(dict, _encode_dict, _decode_dict),
    "foreign": _Codec(Foreign, _encode_foreign, _decode_foreign),
}
_ENCODERS = tuple((codec.carried, codec.encode) for codec in _CODECS.values())


def pack(value: Any, tensors: Tensors, depth: int = 0) -> Json:
    """``value`` as JSON; its tensors go into ``tensors`` under the names that stand in the JSON."""
    if depth > MAX_DEPTH:
        return {"foreign": "deeply nested " + type(value).__name__}
    if value is None or type(value) in (bool, str):
        return value
    if type(value) is int and value.bit_length() <= _MAX_INT_BITS:
        return value
    for carried, encode in _ENCODERS:
        if isinstance(value, carried):
            return encode(value, tensors, depth)
    return {"foreign": type(value).__name__}


def unpack(value: Json, tensors: Tensors, depth: int = 0) -> Any:
    """The inverse of ``pack``.

    Tensors are rebuilt from bytes. What was received is never run, and its tags are looked up in
    the table of codecs and nowhere else. Each tensor is taken out of ``tensors`` once: a small
    frame cannot unfold into a large value.

    Raises:
        ProtocolError: for anything that ``pack`` cannot have made.
    """
    if depth > MAX_DEPTH + 1:
        raise ProtocolError("nested too deeply")
    if value is None or type(value) in (bool, int, float):
        return value
    if type(value) is str:
        return _text(value)
    if type(value) is not dict:
        raise ProtocolError("a bare list")
    tag = next(iter(value), None)
    if tag not in _CODECS:
        raise ProtocolError("an unknown value")
    return _CODECS[tag].decode(value[tag], value, tensors, depth)


def send(
    channel: socket.socket,
    message: dict[str, Any],
    seconds: float | None = None,
    room: Room = REQUEST,
) -> None:
    """Send one message: a dict whose values ``pack`` can carry.

    Args:
        channel: a connected socket.
        message: what to send; nothing is sent of a message that cannot be packed.
        seconds: how long the other side may take to accept it; None waits for ever.
        room: how large the frame may be.

    Raises:
        TooLarge: if it is larger than a frame may be.
        ChannelClosed: if the other side is gone.
        ChannelTimeout: if it does not take the message in time.
    """
    tensors: Tensors = {}
    text = json.dumps({key: pack(value, tensors) for key, value in message.items()}).encode()
    if len(text) > room.text:
        raise TooLarge(f"a text of more than {room.text >> 20} MiB")
    _check_size(sum(tensor.nbytes for tensor in tensors.values()), room)
    blob = save(tensors) if tensors else b""
    try:
        channel.settimeout(None if seconds is None else max(seconds, 0.01))
        channel.sendall(_HEAD.pack(len(text), len(blob)) + text + blob)
    except TimeoutError as problem:
        raise ChannelTimeout from problem
    except OSError as problem:
        raise ChannelClosed from problem


def receive(
    channel: socket.socket, seconds: float | None = None, room: Room = REQUEST
) -> dict[str, Any]:
    """Wait for one message.

    Args:
        channel: a connected socket.
        seconds: how long to wait for the whole of it; None waits for ever.
        room: how large the frame may be.

    Raises:
        ProtocolError, ChannelClosed, ChannelTimeout
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    text_size, blob_size = _HEAD.unpack(_exactly(channel, _HEAD.size, deadline))
    if text_size > room.text or blob_size > room.tensors:
        raise ProtocolError("a frame beyond the limits")
    text = _exactly(channel, text_size, deadline)
    blob = _exactly(channel, blob_size, deadline)
    try:
        tensors = _load(bytes(blob)) if blob_size else {}
        message = json.loads(text, parse_constant=_refuse)
        if type(message) is not dict:
            raise ProtocolError("not a message")
        return {_text(key): unpack(value, tensors) for key, value in message.items()}
    except ProtocolError:
        raise
    except Exception as problem:
        raise ProtocolError(f"an unreadable frame ({type(problem).__name__})") from problem


def _load(blob: bytes) -> Tensors:
    """The tensors of a frame, whose header is measured before anything is made of it."""
    size = int.from_bytes(blob[:8], "little")
    # The header is a JSON object with an object for each tensor.
    if size > MAX_HEADER or blob.count(b"{", 8, 8 + size) > 1 + MAX_TENSOR_COUNT:
        raise ProtocolError("a header beyond the limits")
    tensors = load(blob)
    if any(each.dim() > MAX_AXES or each.dtype not in _KNOWN for each in tensors.values()):
        raise ProtocolError("an unknown kind of tensor")
    return tensors


def _refuse(constant: str) -> NoReturn:
    raise ProtocolError(f"a bare {constant}")


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytearray:
    data = bytearray(size)
    view, got = memoryview(data), 0
    while got < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise ChannelTimeout
            channel.settimeout(left)
        try:
            count = channel.recv_into(view[got:])
        except TimeoutError as problem:
            raise ChannelTimeout from problem
        except OSError as problem:
            raise ChannelClosed from problem
        if count == 0:
            raise ChannelClosed
        got += count
    return data
