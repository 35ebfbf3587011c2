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


class ProtocolError(Exception):
    """The other side sent something that is not a valid frame."""


class ChannelClosed(Exception):
    """The other side is gone."""


class ChannelTimeout(Exception):
    """Nothing came in time."""


class Handle:
    """An object that stays on the side of the submission, by number."""

    def __init__(self, number: int):
        self.number = number


class Callback:
    """A function that stays on the side of the grader, by number."""

    def __init__(self, number: int):
        self.number = number


class Foreign:
    """A value that the channel does not carry; only the name of its type comes across."""

    def __init__(self, kind: str):
        self.kind = kind


def pack(value, tensors: dict, depth: int = 0):
    """``value`` as JSON; its tensors go into ``tensors`` under the names that stand in the JSON."""
    if depth > MAX_DEPTH:
        return {"foreign": "deeply nested " + type(value).__name__}
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if value - value == 0 else {"float": str(value)}
    if isinstance(value, torch.Tensor):
        return _pack_tensor(value, tensors)
    if isinstance(value, torch.dtype):
        return {"dtype": str(value).removeprefix("torch.")}
    if isinstance(value, torch.device):
        return {"device": str(value)}
    if isinstance(value, Handle):
        return {"handle": value.number}
    if isinstance(value, Callback):
        return {"callback": value.number}
    if isinstance(value, (list, tuple)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [pack(each, tensors, depth + 1) for each in value]}
    if isinstance(value, dict):
        return {"dict": [[str(k), pack(v, tensors, depth + 1)] for k, v in value.items()]}
    return {"foreign": value.kind if isinstance(value, Foreign) else type(value).__name__}


def _pack_tensor(value, tensors):
    name = str(value.dtype).removeprefix("torch.")
    plain = value.layout == torch.strided and value.device.type != "meta"
    if name not in _DTYPES or not plain or len(tensors) >= MAX_TENSOR_COUNT:
        return {"foreign": f"{type(value).__name__} ({name}, {value.layout}, {value.device.type})"}
    data = (
        value.detach().as_subclass(torch.Tensor).cpu().clone(memory_format=torch.contiguous_format)
    )
    key = f"t{len(tensors)}"
    tensors[key] = data
    return {"tensor": key, "grad": bool(value.requires_grad)}


def unpack(value, tensors: dict, depth: int = 0):
    """The inverse of ``pack``. Tensors are rebuilt from bytes; nothing is looked up or run.

    Raises:
        ProtocolError: for anything that ``pack`` cannot have made.
    """
    if depth > MAX_DEPTH + 1:
        raise ProtocolError("nested too deeply")
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is not dict:
        raise ProtocolError("a bare list")
    match next(iter(value.items()), None):
        case ("tensor", str(key)) if key in tensors:
            found = tensors[key]
            if value.get("grad") is True and found.is_floating_point():
                found.requires_grad_()
            return found
        case ("float", str(text)) if text in _FLOATS:
            return float(text)
        case ("dtype", str(name)) if name in _DTYPES:
            return _DTYPES[name]
        case ("device", "cpu"):
            return torch.device("cpu")
        case ("handle", int(number)):
            return Handle(number)
        case ("callback", int(number)):
            return Callback(number)
        case ("list", list(items)):
            return [unpack(each, tensors, depth + 1) for each in items]
        case ("tuple", list(items)):
            return tuple(unpack(each, tensors, depth + 1) for each in items)
        case ("dict", list(items)):
            return _unpack_dict(items, tensors, depth)
        case ("foreign", str(kind)):
            return Foreign(kind[:80])
    raise ProtocolError("an unknown value")


def _unpack_dict(items, tensors, depth):
    found = {}
    for item in items:
        if type(item) is not list or len(item) != 2 or type(item[0]) is not str:
            raise ProtocolError("a broken dict")
        found[item[0]] = unpack(item[1], tensors, depth + 1)
    return found


def send(channel, message: dict) -> None:
    """Send one message: a dict whose values ``pack`` can carry.

    Raises:
        ChannelClosed: if the other side is gone.
        ChannelTimeout: if it does not take the message in time.
    """
    tensors: dict = {}
    text = json.dumps({key: pack(value, tensors) for key, value in message.items()}).encode()
    blob = save(tensors) if tensors else b""
    try:
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
        message = json.loads(text)
        if type(message) is not dict or len(tensors) > MAX_TENSOR_COUNT:
            raise ProtocolError("not a message")
        return {key: unpack(value, tensors) for key, value in message.items()}
    except ProtocolError:
        raise
    except Exception as problem:
        raise ProtocolError(f"an unreadable frame ({type(problem).__name__})") from problem


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
