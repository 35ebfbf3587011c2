"""Frames on the channel between the grader and a submission. ``PROTOCOL.md`` is the description."""

from __future__ import annotations

import json
import struct
import time

import torch
from safetensors.torch import load, save

_HEAD = struct.Struct(">II")
MAX_JSON = 4 << 20
MAX_TENSORS = 256 << 20
MAX_HEADER = 1 << 20
MAX_TENSOR_COUNT = 4096
MAX_DEPTH = 32
_DTYPES = {
    str(each).removeprefix("torch."): each
    for each in (
        torch.float64, torch.float32, torch.bfloat16, torch.float16, torch.bool,
        torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
    )
}  # fmt: skip
_FLOATS = ("nan", "inf", "-inf")
_MAX_INT_BITS = 4096


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

    def __init__(self, shape: tuple[int, ...], dtype):
        self.shape = shape
        self.dtype = dtype

    def tensor(self) -> torch.Tensor:
        """The tensor that the learner's code gets."""
        return torch.empty(self.shape, dtype=self.dtype, device="meta")


class Foreign:
    """A value that the channel does not carry; only the name of its type comes across."""

    def __init__(self, kind: str):
        self.kind = kind


def mapped(leaf, value):
    """``value`` with ``leaf`` applied to whatever its lists, tuples and dicts hold."""
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(mapped(leaf, each) for each in value)
    if isinstance(value, dict):
        return {key: mapped(leaf, each) for key, each in value.items()}
    return leaf(value)


def tensors_of(value) -> list[torch.Tensor]:
    """The tensors in nested lists, tuples and dicts, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [found for each in value for found in tensors_of(each)]
    if isinstance(value, dict):
        return [found for each in value.values() for found in tensors_of(each)]
    return []


def pack(value, tensors: dict, depth: int = 0):
    """``value`` as JSON; its tensors go into ``tensors`` under the names that stand in the JSON."""
    if depth > MAX_DEPTH:
        return {"foreign": "deeply nested " + type(value).__name__}
    if value is None or type(value) in (bool, str):
        return value
    if type(value) is int and value.bit_length() <= _MAX_INT_BITS:
        return value
    if isinstance(value, float):
        value = float.__float__(value)
        return value if value - value == 0 else {"float": str(value)}
    if isinstance(value, torch.Tensor):
        return _pack_tensor(value, tensors)
    if isinstance(value, torch.dtype):
        return {"dtype": str(value).removeprefix("torch.")}
    if isinstance(value, torch.device):
        return {"device": str(value)}
    if isinstance(value, Elsewhere):
        return {"elsewhere": list(value.shape), "dtype": str(value.dtype).removeprefix("torch.")}
    if isinstance(value, Handle):
        return {"handle": value.number, "kind": value.kind}
    if isinstance(value, Callback):
        return {"callback": value.number}
    if isinstance(value, (list, tuple)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [pack(each, tensors, depth + 1) for each in value]}
    if isinstance(value, dict):
        items = [(_pack_key(key), each) for key, each in value.items()]
        return {"dict": [[key, pack(each, tensors, depth + 1)] for key, each in items]}
    return {"foreign": value.kind if isinstance(value, Foreign) else type(value).__name__}


def _pack_key(key):
    return key if type(key) in (bool, int, str) else str(key)


def _pack_tensor(value, tensors):
    with torch._C.DisableTorchFunctionSubclass():
        name = str(value.dtype).removeprefix("torch.")
        plain = value.layout == torch.strided and value.device.type != "meta"
        if name not in _DTYPES or not plain or value.is_nested or len(tensors) >= MAX_TENSOR_COUNT:
            place = f"{name}, {value.layout}, {value.device.type}"
            return {"foreign": f"{type(value).__name__} ({place})"}
        _check_size(value.numel() * value.itemsize)
        order = _order(value)
        data = value.detach().as_subclass(torch.Tensor).cpu().resolve_neg().permute(order)
        key = f"t{len(tensors)}"
        tensors[key] = data.clone(memory_format=torch.contiguous_format)
        packed = {"tensor": key, "grad": bool(value.requires_grad)}
        return packed if order == sorted(order) else packed | {"order": order}


def _check_size(size: int) -> None:
    if size > MAX_TENSORS - MAX_HEADER:
        raise TooLarge(f"tensors of more than {(MAX_TENSORS - MAX_HEADER) >> 20} MiB")


def _order(value) -> list[int]:
    """Its axes as they lie in memory, so that a transposed tensor arrives transposed."""
    axes = list(range(value.dim()))
    if value.is_contiguous():
        return axes
    order = sorted(axes, key=lambda axis: -value.stride(axis))
    return order if value.permute(order).is_contiguous() else axes


def unpack(value, tensors: dict, depth: int = 0):
    """The inverse of ``pack``. Tensors are rebuilt from bytes; nothing is looked up or run.

    Each tensor is taken out of ``tensors`` once: a small frame cannot unfold into a large value.

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
    match next(iter(value.items()), None):
        case ("tensor", str(key)) if key in tensors:
            found = _in_order(tensors.pop(key), value.get("order"))
            return found.requires_grad_(value.get("grad") is True and found.is_floating_point())
        case ("float", str(text)) if text in _FLOATS:
            return float(text)
        case ("dtype", str(name)) if name in _DTYPES:
            return _DTYPES[name]
        case ("device", "cpu"):
            return torch.device("cpu")
        case ("elsewhere", list(shape)) if value.get("dtype") in _DTYPES:
            if len(shape) > MAX_DEPTH or not all(type(n) is int and 0 <= n < 2**31 for n in shape):
                raise ProtocolError("an unknown shape")
            return Elsewhere(tuple(shape), _DTYPES[value["dtype"]])
        case ("handle", int(number)):
            return Handle(number, _kind(value.get("kind")))
        case ("callback", int(number)):
            return Callback(number)
        case ("list", list(items)):
            return [unpack(each, tensors, depth + 1) for each in items]
        case ("tuple", list(items)):
            return tuple(unpack(each, tensors, depth + 1) for each in items)
        case ("dict", list(items)):
            return _unpack_dict(items, tensors, depth)
        case ("foreign", str(kind)):
            return Foreign(_kind(kind))
    raise ProtocolError("an unknown value")


def _kind(name) -> str:
    return _text(name[:80]) if type(name) is str else "object"


def _text(text: str) -> str:
    """``text`` without halves of surrogate pairs, which no file and no page can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _in_order(tensor, order):
    if order is None:
        return tensor
    is_list = type(order) is list and all(type(each) is int for each in order)
    if not is_list or sorted(order) != list(range(tensor.dim())):
        raise ProtocolError("an unknown order of axes")
    return tensor.permute([order.index(axis) for axis in range(tensor.dim())])


def _unpack_dict(items, tensors, depth):
    found = {}
    for item in items:
        if type(item) is not list or len(item) != 2 or type(item[0]) not in (bool, int, str):
            raise ProtocolError("a broken dict")
        key = _text(item[0]) if type(item[0]) is str else item[0]
        found[key] = unpack(item[1], tensors, depth + 1)
    return found


def send(channel, message: dict, seconds: float | None = None) -> None:
    """Send one message: a dict whose values ``pack`` can carry.

    Args:
        channel: a connected socket.
        message: what to send; nothing is sent of a message that cannot be packed.
        seconds: how long the other side may take to accept it; None waits for ever.

    Raises:
        TooLarge: if it is larger than a frame may be.
        ChannelClosed: if the other side is gone.
        ChannelTimeout: if it does not take the message in time.
    """
    tensors: dict = {}
    text = json.dumps({key: pack(value, tensors) for key, value in message.items()}).encode()
    if len(text) > MAX_JSON:
        raise TooLarge(f"a text of more than {MAX_JSON >> 20} MiB")
    _check_size(sum(each.nbytes for each in tensors.values()))
    blob = save(tensors) if tensors else b""
    try:
        channel.settimeout(None if seconds is None else max(seconds, 0.01))
        channel.sendall(_HEAD.pack(len(text), len(blob)) + text + blob)
    except TimeoutError as problem:
        raise ChannelTimeout from problem
    except OSError as problem:
        raise ChannelClosed from problem


def receive(channel, seconds: float | None = None) -> dict:
    """Wait for one message.

    Args:
        channel: a connected socket.
        seconds: how long to wait for the whole of it; None waits for ever.

    Raises:
        ProtocolError, ChannelClosed, ChannelTimeout
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    text_size, blob_size = _HEAD.unpack(_exactly(channel, _HEAD.size, deadline))
    if text_size > MAX_JSON or blob_size > MAX_TENSORS:
        raise ProtocolError("a frame beyond the limits")
    text = _exactly(channel, text_size, deadline)
    blob = _exactly(channel, blob_size, deadline)
    try:
        tensors = load(bytes(blob)) if blob_size else {}
        message = json.loads(text, parse_constant=_refuse)
        known = all(each.dtype in _DTYPES.values() for each in tensors.values())
        if type(message) is not dict or len(tensors) > MAX_TENSOR_COUNT or not known:
            raise ProtocolError("not a message")
        return {_text(key): unpack(value, tensors) for key, value in message.items()}
    except ProtocolError:
        raise
    except Exception as problem:
        raise ProtocolError(f"an unreadable frame ({type(problem).__name__})") from problem


def _refuse(constant: str):
    raise ProtocolError(f"a bare {constant}")


def _exactly(channel, size: int, deadline: float | None) -> bytearray:
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
