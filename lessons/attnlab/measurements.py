"""What KV heads gain and cost, measured or counted: functions that give a row for each case.

A row is a dictionary: what was measured, what theory says of it, and what came out.
"""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch

from autograder import course
from autograder.sandbox.inside.memory import Peak

from . import timing
from .decoder import Decoder, DecoderShape
from .grouping import WAYS
from .timing import Device


@dataclass(frozen=True)
class Case:
    """Attention by itself: ``queries`` new positions of each sequence over ``tokens`` keys."""

    num_heads: int
    kv_heads: int
    d_head: int
    queries: int
    tokens: int
    batch: int
    dtype: str
    way: str = "fold"

    @property
    def flops(self) -> int:
        """FLOPs of scores and weighted sum; they do not depend on the KV heads."""
        return self._cost["attention_flops"]

    @property
    def kv_bytes(self) -> int:
        """Keys and values, read once."""
        return self._cost["kv_bytes"]

    @property
    def bytes(self) -> int:
        """What an ideal kernel moves: keys, values and queries are read, the output is written."""
        rows = self.batch * self.num_heads * self.queries * self.d_head
        return self.kv_bytes + 2 * rows * _dtype(self.dtype).itemsize

    @functools.cached_property
    def _cost(self) -> dict:
        attention_cost = course.reference_namespace("07_grouped_query")["attention_cost"]
        return attention_cost(
            self.num_heads * self.d_head,
            self.num_heads,
            self.kv_heads,
            self.d_head,
            self.queries,
            self.tokens,
            self.batch,
            _dtype(self.dtype).itemsize,
        )

    def row(self) -> dict:
        """Its sizes and counts, as the beginning of a row."""
        names = ("num_heads", "kv_heads", "d_head", "queries", "tokens", "batch", "dtype", "way")
        sizes = {name: getattr(self, name) for name in names}
        return sizes | {"flops": self.flops, "bytes": self.bytes}


def _dtype(name: str) -> torch.dtype:
    return getattr(torch, name)


class _Pool:
    """Random numbers that keys and values are views of."""

    def __init__(self, size: int, dtype: str, device: Device):
        draws = torch.randn(1 << 20, device=device).to(_dtype(dtype))
        count = size // draws.itemsize
        self._numbers = draws.repeat(-(-count // len(draws)))[:count]

    def call(self, case: Case, device: Device) -> Callable[[], torch.Tensor]:
        """A call of the case; each time on the next keys and values of the pool."""
        size = (case.batch, case.num_heads, case.queries, case.d_head)
        q = torch.randn(size, device=device).to(_dtype(case.dtype))
        shape = (case.batch, case.kv_heads, case.tokens, case.d_head)
        pair = case.kv_bytes // q.itemsize
        pairs = self._numbers[: len(self._numbers) // pair * pair].view(-1, 2, *shape)
        turns = itertools.cycle(pairs.unbind())
        way = WAYS[case.way]

        def run() -> torch.Tensor:
            k, v = next(turns)
            return way(q, k, v)

        return run


@torch.no_grad()
def attention(cases: list[Case], device: Device, seconds: float, pool: int = 1 << 28) -> list[dict]:
    """Seconds of each case, in turns.

    Args:
        cases: of one dtype; the first is what the others are compared with.
        device: where to.
        seconds: about how long to measure all of them.
        pool: bytes of random numbers that keys and values are taken from in turn, so that a call
            finds them in memory and not in a cache.

    Returns:
        A row for each case: its sizes, ``flops``, ``bytes``, the quartiles ``low``, ``median``,
        ``high`` in seconds, and ``gain``: quartiles of how many times as long the first case takes,
        round by round.
    """
    largest = max(2 * case.kv_bytes for case in cases)
    numbers = _Pool(max(pool, largest), cases[0].dtype, device)
    calls = [numbers.call(case, device) for case in cases]
    return _timed(calls, [case.row() for case in cases], device, seconds)


def _timed(calls: list[Callable], rows: list[dict], device: Device, seconds: float) -> list[dict]:
    samples = timing.take_turns(dict(enumerate(calls)), 0.005, seconds, (3, 25), device)
    timed = []
    for number, row in enumerate(rows):
        low, median, high = timing.quartiles(samples[number])
        gain = timing.ratios(samples[0], samples[number])
        timed.append(row | {"low": low, "median": median, "high": high, "gain": gain})
    return timed


def ceilings(dtypes: Iterable[str], device: Device, pool: int = 1 << 28) -> list[dict]:
    """What this machine can do at best, a row for each dtype.

    ``bandwidth`` is bytes per second read, of ``pool`` bytes; ``peak_flops`` FLOPs per second of a
    matrix product.
    """
    bandwidth = timing.read_bandwidth(device, pool)
    peaks = {dtype: timing.flop_peak(_dtype(dtype), device, _wide(device)) for dtype in dtypes}
    return [
        {"dtype": dtype, "bandwidth": bandwidth, "peak_flops": peak}
        for dtype, peak in peaks.items()
    ]


def _wide(device: Device) -> int:
    """Rows of a square matrix that keeps the device busy for some milliseconds."""
    return 8192 if torch.device(device).type == "cuda" else 2048


@torch.no_grad()
def clock(device: Device) -> list[dict]:
    """A matrix product by a clock that waits for the device, and by one that does not."""
    a = torch.randn(_wide(device), _wide(device), device=device)
    rows = []
    for waits in (True, False):
        samples = []
        for _ in range(10):
            timing.synchronise(device)
            start = time.perf_counter()
            a @ a
            if waits:
                timing.synchronise(device)
            samples.append(time.perf_counter() - start)
        low, median, high = timing.quartiles(samples[3:])
        rows.append({"waits": waits, "low": low, "median": median, "high": high})
    return rows


def cache_bytes(cases: list[Case]) -> list[dict]:
    """Bytes of the cache of one layer, ``held`` by the tensors of a ``KVCache`` for each case.

    Nothing is allocated: the cache is made on PyTorch's ``meta`` device. The theory is
    ``kv_bytes``.
    """
    make = course.reference_namespace("07_grouped_query")["KVCache"]
    rows = []
    for case in cases:
        sizes = (case.batch, case.kv_heads, case.tokens, case.d_head)
        cache = make(*sizes, _dtype(case.dtype), "meta")
        held = cache.keys.nbytes + cache.values.nbytes
        rows.append(case.row() | {"kv_bytes": case.kv_bytes, "held": held})
    return rows


@torch.no_grad()
def peak_memory(cases: list[Case], device: Device) -> list[dict]:
    """Bytes that a call of each case takes beside its inputs: ``peak``.

    On a GPU by the allocator's own statistics, elsewhere by counting the tensors that PyTorch
    makes (what an operator uses inside is not seen there).
    """
    rows = []
    for case in cases:
        call = _Pool(2 * case.kv_bytes, case.dtype, device).call(case, device)
        rows.append(case.row() | {"peak": _peak(call, device)})
    return rows


def _peak(call: Callable, device: Device) -> int:
    if torch.device(device).type != "cuda":
        with Peak() as peak:
            call()
        return peak.bytes
    call()
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    call()
    return torch.cuda.max_memory_allocated() - before


@functools.lru_cache(maxsize=3)
def _model(shape: DecoderShape, dtype: str, device: str) -> Decoder:
    """A model with weights that nobody trained: its speed is that of a trained one."""
    reference = course.reference_namespace("07_grouped_query")
    model = Decoder(shape, reference["GroupedQueryAttention"])
    return model.to(device, _dtype(dtype)).requires_grad_(False).eval()


def forget_models() -> None:
    """Free the memory of the models that ``decode_steps`` has made."""
    _model.cache_clear()


def _step(model: Decoder, batch: int, tokens: int) -> Callable:
    """A call that decodes one token for each sequence, with ``tokens`` in the caches."""
    reference = course.reference_namespace("07_grouped_query")
    caches = model.new_caches(reference["KVCache"], batch, tokens + 1)
    for cache in caches:
        size = (batch, model.shape.num_kv_heads, 1, model.shape.d_head)
        token = torch.randn(size, device=cache.keys.device).to(cache.keys.dtype)
        cache.append(*2 * [token.expand(-1, -1, tokens, -1)])
    new = torch.zeros(batch, 1, dtype=torch.long, device=model.embed.weight.device)

    def run() -> torch.Tensor:
        logits = model(new, caches)
        for cache in caches:
            cache.length = tokens
        return logits

    return run


@torch.no_grad()
def decode_steps(
    shapes: list[DecoderShape],
    tokens: int,
    batch: int,
    dtype: str,
    device: Device,
    seconds: float,
) -> list[dict]:
    """Decode steps of whole models, with ``tokens`` in the cache: rows as ``attention`` has them.

    Weights are read once for all sequences, keys and values once for each: ``bytes`` has both.
    """
    calls = [_step(_model(shape, dtype, str(device)), batch, tokens) for shape in shapes]
    rows = [model_row(shape, tokens, batch, dtype) for shape in shapes]
    return _timed(calls, rows, device, seconds)


def model_row(shape: DecoderShape, tokens: int, batch: int, dtype: str) -> dict:
    """Sizes and counts of one decode step of a whole model."""
    size = _dtype(dtype).itemsize
    attention_widths = 2 * (shape.num_heads + shape.num_kv_heads) * shape.d_head
    layer = shape.d_model * (attention_widths + 3 * shape.d_hidden)
    weights = shape.num_layers * layer + shape.vocabulary * shape.d_model
    case = Case(shape.num_heads, shape.num_kv_heads, shape.d_head, 1, tokens + 1, batch, dtype)
    cache = shape.num_layers * case.kv_bytes
    flops = 2 * weights * batch + shape.num_layers * case.flops
    counts = {"weight_bytes": weights * size, "cache_bytes": cache}
    counts |= {"flops": flops, "bytes": weights * size + cache}
    return {
        "kv_heads": shape.num_kv_heads,
        "tokens": tokens,
        "batch": batch,
        "dtype": dtype,
    } | counts
