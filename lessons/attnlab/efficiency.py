"""What KV heads gain and cost: measured beside the theory, one thing changed at a time.

``python -m attnlab.efficiency`` measures this machine, in about a quarter of an hour, and keeps the
results in ``lessons/data/efficiency_cpu.json`` (``_cuda``, ``_mps`` where there is such a device).
It can be stopped at any time; started again, it goes on with what is missing. ``--again`` measures
once more, into a file beside it, and compares the two.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from autograder import course
from autograder.sandbox.memory import Peak

from . import timing
from .decoder import Decoder, DecoderShape
from .grouping import WAYS
from .kept import DATA, Kept, compare, load, path_and_again
from .progress import bar


@dataclass(frozen=True)
class Settings:
    """What is measured.

    Attributes:
        num_heads, d_head: of the attention that is measured by itself.
        kv_heads: its numbers of KV heads; the first is MHA, the last MQA.
        contexts, batches: what is varied, keys in the cache and sequences at once.
        context, batch: what stays where something else is varied.
        prefills: lengths of prompts; one sequence.
        held: longest prompt for ways that hold all scores at once.
        dtypes: names of dtypes.
        model: sizes of the whole model; its KV heads are ``model_kv_heads``.
        model_contexts, model_batches: what is varied there, beside one sequence and the first
            context.
        pool: bytes of random numbers that keys and values are taken from, so that a call finds
            them in memory and not in a cache. A whole model has more than any cache holds.
        seconds: about how long a group of candidates is measured in each visit.
        visits: how often each group is measured, from new inputs, with all others in between. What
            differs from visit to visit (where tensors lie in memory, what else the machine does) no
            number of repeats within a visit can show.
    """

    num_heads: int
    d_head: int
    kv_heads: tuple[int, ...]
    contexts: tuple[int, ...]
    batches: tuple[int, ...]
    context: int
    batch: int
    prefills: tuple[int, ...]
    held: int
    dtypes: tuple[str, ...]
    model: DecoderShape
    model_kv_heads: tuple[int, ...]
    model_contexts: tuple[int, ...]
    model_batches: tuple[int, ...]
    pool: int
    seconds: float
    visits: int


_SMOLLM2 = DecoderShape(49152, 576, 30, 9, 9, 64, 1536)
FULL = Settings(
    num_heads=16,
    d_head=64,
    kv_heads=(16, 8, 4, 2, 1),
    contexts=(256, 1024, 4096, 16384),
    batches=(1, 4, 8, 32),
    context=4096,
    batch=4,
    prefills=(256, 1024, 4096, 16384),
    held=1024,
    dtypes=("float32", "bfloat16"),
    model=_SMOLLM2,
    model_kv_heads=(9, 3, 1),
    model_contexts=(256, 1024, 4096, 16384),
    model_batches=(4, 8, 32),
    pool=1 << 30,
    seconds=3.0,
    visits=3,
)
GPU = dataclasses.replace(
    FULL,
    num_heads=32,
    d_head=128,
    kv_heads=(32, 16, 8, 4, 2, 1),
    batch=16,
    prefills=(256, 1024, 4096),
    dtypes=("bfloat16", "float32"),
    model_batches=(8, 32, 128),
    pool=1 << 32,
    seconds=1.0,
)
"""Sizes that keep a large GPU busy."""
QUICK = Settings(
    num_heads=8,
    d_head=64,
    kv_heads=(8, 2, 1),
    contexts=(256, 4096),
    batches=(1, 8),
    context=4096,
    batch=2,
    prefills=(512,),
    held=512,
    dtypes=("float32",),
    model=DecoderShape(4096, 512, 6, 8, 8, 64, 1024),
    model_kv_heads=(8, 1),
    model_contexts=(128, 4096),
    model_batches=(),
    pool=1 << 28,
    seconds=1.5,
    visits=1,
)


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

    def __init__(self, size: int, dtype: str, device):
        draws = torch.randn(1 << 20, device=device).to(_dtype(dtype))
        count = size // draws.itemsize
        self._numbers = draws.repeat(-(-count // len(draws)))[:count]

    def call(self, case: Case, device) -> Callable:
        """A call of the case; each time on the next keys and values of the pool."""
        size = (case.batch, case.num_heads, case.queries, case.d_head)
        q = torch.randn(size, device=device).to(_dtype(case.dtype))
        shape = (case.batch, case.kv_heads, case.tokens, case.d_head)
        each = case.kv_bytes // 2 // q.itemsize
        pairs = self._numbers[: len(self._numbers) // (2 * each) * 2 * each].view(-1, 2, *shape)
        turns = itertools.cycle(pairs.unbind())
        way = WAYS[case.way]

        def run():
            k, v = next(turns)
            return way(q, k, v)

        return run


@torch.no_grad()
def attention(cases: list[Case], known: dict, device, settings: Settings) -> list[dict]:
    """Seconds of each case, in turns, beside the least seconds of the roofline.

    Args:
        cases: of one dtype; the first is what the others are compared with.
        known: the ceilings by dtype.

    Returns:
        A row for each case: its sizes, ``flops``, ``bytes``, the quartiles ``low``, ``median``,
        ``high`` in seconds, ``gain`` (quartiles of how many times as long the first case takes,
        round by round) and ``roofline`` in seconds.
    """
    largest = max(2 * case.kv_bytes for case in cases)
    pool = _Pool(max(settings.pool, largest), cases[0].dtype, device)
    calls = {str(i): pool.call(case, device) for i, case in enumerate(cases)}
    rows = [case.row() for case in cases]
    return _timed(calls, rows, known, device, settings)


def _timed(calls, rows, known, device, settings) -> list[dict]:
    samples = timing.take_turns(calls, 0.005, settings.seconds, (3, 25), device)
    first = samples["0"]
    found = []
    for row, own in zip(rows, samples.values(), strict=True):
        low, median, high = timing.quartiles(own)
        ceiling = known[row["dtype"]]
        least = row["flops"] / ceiling["peak_flops"], row["bytes"] / ceiling["bandwidth"]
        found.append(
            row
            | {"low": low, "median": median, "high": high, "gain": timing.ratios(first, own)}
            | {"roofline": max(least)}
        )
    return found


def ceilings(known: dict, device, settings: Settings) -> list[dict]:
    """What this machine can do at best, a row for each dtype.

    ``bandwidth`` is bytes per second read, ``peak_flops`` FLOPs per second of a matrix product.
    """
    bandwidth = timing.read_bandwidth(device, settings.pool)
    return [
        {"dtype": dtype, "bandwidth": bandwidth, "peak_flops": peak}
        for dtype in settings.dtypes
        for peak in [timing.flop_peak(_dtype(dtype), device, _wide(device))]
    ]


def _wide(device) -> int:
    """Rows of a square matrix that keeps the device busy for some milliseconds."""
    return 8192 if torch.device(device).type == "cuda" else 2048


@torch.no_grad()
def clock(known: dict, device, settings: Settings) -> list[dict]:
    """A matrix product by a clock that waits for the device, and by one that does not."""
    a = torch.randn(_wide(device), _wide(device), device=device)
    rows = []
    for waits in (True, False):
        own = []
        for _ in range(20):
            timing.synchronise(device)
            start = time.perf_counter()
            a @ a
            if waits:
                timing.synchronise(device)
            own.append(time.perf_counter() - start)
        low, median, high = timing.quartiles(own[3:])
        rows.append({"waits": waits, "low": low, "median": median, "high": high})
    return rows


@torch.no_grad()
def peak_memory(cases: list[Case], known: dict, device, settings: Settings) -> list[dict]:
    """Bytes that a call of each case takes beside its inputs: ``peak``.

    On a GPU by the allocator's own statistics, elsewhere by counting the tensors that PyTorch
    makes (what an operator uses inside is not seen there).
    """
    rows = []
    for case in cases:
        call = _Pool(2 * case.kv_bytes, case.dtype, device).call(case, device)
        rows.append(case.row() | {"peak": _peak(call, device)})
    return rows


def _peak(call, device) -> int:
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


def _step(model: Decoder, batch: int, tokens: int) -> Callable:
    """A call that decodes one token for each sequence, with ``tokens`` in the caches."""
    reference = course.reference_namespace("07_grouped_query")
    caches = model.new_caches(reference["KVCache"], batch, tokens + 1)
    for cache in caches:
        size = (batch, model.shape.num_kv_heads, 1, model.shape.d_head)
        one = torch.randn(size, device=cache.keys.device).to(cache.keys.dtype)
        cache.append(*2 * [one.expand(-1, -1, tokens, -1)])
    new = torch.zeros(batch, 1, dtype=torch.long, device=model.embed.weight.device)

    def run():
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
    known: dict,
    device,
    settings: Settings,
) -> list[dict]:
    """Decode steps of whole models, with ``tokens`` in the cache: rows as ``attention`` has them.

    Weights are read once for all sequences, keys and values once for each: ``bytes`` has both.
    """
    calls, rows = {}, []
    for i, shape in enumerate(shapes):
        calls[str(i)] = _step(_model(shape, dtype, str(device)), batch, tokens)
        rows.append(model_row(shape, tokens, batch, dtype))
    return _timed(calls, rows, known, device, settings)


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


def groups(settings: Settings) -> dict[str, Callable]:
    """What is measured, by name: functions of (known ceilings, device, settings) that give rows.

    The candidates of a group take turns. From group to group one thing changes.
    """
    s = settings
    found: dict[str, Callable] = {}
    ends = (s.kv_heads[0], s.kv_heads[len(s.kv_heads) // 2], s.kv_heads[-1])

    def case(kv_heads, dtype, way="fold", queries=1, tokens=s.context, batch=s.batch):
        return Case(s.num_heads, kv_heads, s.d_head, queries, tokens, batch, dtype, way)

    for dtype in s.dtypes:

        def add(name, measurement, *args, dtype=dtype):
            found[f"{name}, {dtype}"] = functools.partial(measurement, *args)

        cases = [case(s.kv_heads[0], dtype, way) for way in ("fold", "SDPA")]
        cases += [case(number, dtype, way) for way in WAYS for number in s.kv_heads[1:]]
        add("decode by KV heads", attention, cases)
        pairs = [(number, dtype, way) for way in ("fold", "SDPA") for number in ends]
        for tokens in s.contexts:
            cases = [case(*pair, tokens=tokens) for pair in pairs]
            add(f"decode by context, {tokens}", attention, cases)
        for batch in s.batches:
            cases = [case(*pair, batch=batch) for pair in pairs]
            add(f"decode by batch, {batch}", attention, cases)
        for length in s.prefills:
            ways = ["SDPA", *(way for way in WAYS if way != "SDPA" and length <= s.held)]
            cases = [case(n, dtype, way, length, length, 1) for way in ways for n in ends]
            add(f"prefill, {length}", attention, cases)
        first = s.model_contexts[0]
        places = [(tokens, 1) for tokens in s.model_contexts]
        shapes = [dataclasses.replace(s.model, num_kv_heads=n) for n in s.model_kv_heads]
        for place in places + [(first, batch) for batch in s.model_batches]:
            name = "model, {} tokens, batch {}".format(*place)
            add(name, decode_steps, shapes, *place, dtype)
    places = {"decode": (1, s.context, s.batch), "prefill": (s.held, s.held, 1)}
    for name, place in places.items():
        cases = [case(n, s.dtypes[0], way, *place) for way in WAYS for n in s.kv_heads]
        found[f"memory, {name}"] = functools.partial(peak_memory, cases)
    return found | {"clock": clock}


ONCE = ("ceilings", "memory", "clock")


def run(quick: bool = False, device=None, kept: Kept | None = None) -> dict:
    """Measure this machine.

    Args:
        quick: a reduced version that takes less than a minute.
        device: by default the best that there is.
        kept: where to keep results and go on from; by default nothing is kept.

    Returns:
        ``{"machine", "runs"}``; a run is ``{"group", "visit", "rows"}``. See ``rows_of``.
    """
    device = torch.device(device or timing.best_device())
    settings = QUICK if quick else GPU if device.type == "cuda" else FULL
    runs = list(kept.runs) if kept else []
    done = {(each["group"], each["visit"]) for each in runs}
    wanted = {"ceilings": ceilings} | groups(settings)
    places = [
        (name, visit)
        for visit in range(settings.visits)
        for name in wanted
        if not (visit and name.startswith(ONCE))
    ]
    missing = [place for place in places if place not in done]
    for name, visit in bar(missing, name=lambda place: place[0]):
        known = {row["dtype"]: row for row in _visits(runs, "ceilings")[0]} if runs else {}
        rows = [_short(row) for row in wanted[name](known, device, settings)]
        runs.append({"group": name, "visit": visit, "rows": rows})
        if kept:
            kept.add(runs[-1])
    _model.cache_clear()
    return {"machine": timing.machine(), "runs": runs}


def _short(value):
    """Floats of a row with five digits: more would not be the same again."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {name: _short(each) for name, each in value.items()}
    return [_short(each) for each in value] if isinstance(value, (list, tuple)) else value


def _visits(runs, group: str) -> list[list[dict]]:
    return [each["rows"] for each in runs if each["group"] == group]


def rows_of(results: dict, groups: str, **wanted) -> list[dict]:
    """Rows of the groups whose names begin with ``groups``, if they have these entries.

    Where a group was visited several times, a ``median`` is the median of the visits', and the
    range from ``low`` to ``high`` is the widest of all visits. ``gain`` likewise. Rows of a whole
    model have ``tokens_per_second`` as well.
    """
    names = dict.fromkeys(each["group"] for each in results["runs"])
    found = []
    for name in names:
        if name.startswith(groups):
            visits = zip(*_visits(results["runs"], name), strict=True)
            found += [_merged(rows) | {"group": name} for rows in visits]
    return [row for row in found if all(row.get(key) == each for key, each in wanted.items())]


def _merged(rows) -> dict:
    row = dict(rows[0])
    if "gain" in row:
        row["low"], row["median"], row["high"] = _widest(
            [(each["low"], each["median"], each["high"]) for each in rows]
        )
        row["gain"] = _widest([each["gain"] for each in rows])
    if "weight_bytes" in row:
        row["tokens_per_second"] = row["batch"] / row["median"]
    return row


def _widest(quartiles) -> tuple[float, float, float]:
    low, median, high = zip(*quartiles, strict=True)
    return min(low), statistics.median(median), max(high)


def _gains(results: dict) -> dict[str, list[float]]:
    """The gains of a run by name: what can be compared between two runs."""
    found = {}
    for row in rows_of(results, ""):
        if "gain" in row:
            way = f", {row['way']}" if "way" in row else ""
            found[f"{row['group']}: {row['kv_heads']} KV heads{way}"] = row["gain"]
    return found


def main() -> None:
    """Measure what is missing in ``lessons/data/efficiency_DEVICE.json``."""
    device = timing.best_device()
    results = DATA / f"efficiency_{device.type}.json"
    path, again = path_and_again(results, __doc__)
    found = run(device=device, kept=Kept(path, {"command": "python -m attnlab.efficiency"}, True))
    if again:
        compare(_gains(load(results.stem)), _gains(found))


if __name__ == "__main__":
    main()
