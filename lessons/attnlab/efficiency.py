"""What KV heads gain and cost: measured beside the theory, one thing changed at a time.

``python -m attnlab.efficiency`` measures this machine, in about a quarter of an hour, and keeps the
results in ``lessons/data/efficiency_cpu.json`` (``_cuda``, ``_mps`` where there is such a device).
It can be stopped at any time; started again, it goes on with what is missing. ``--more`` measures
once more and keeps both, so that the spread tells of another day as well. ``--again`` measures once
more, into a file beside it, and compares the two. What needs more memory than there is, is
left out.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import signal
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from . import measurements, timing
from .decoder import DecoderShape
from .grouping import WAYS
from .kept import (
    DATA,
    Kept,
    can_be_left,
    compare,
    load,
    path_and_options,
    say_what_is_kept,
)
from .measurements import Case
from .progress import bar
from .timing import Device


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
        visits: how often a run measures each group, each time in a new process, with all others in
            between. What differs from visit to visit (where tensors lie in memory, what else the
            machine does) no number of repeats within a visit can show.
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

    @property
    def mha(self) -> tuple[int, ...]:
        """The number of KV heads of MHA, by itself."""
        return self.kv_heads[:1]

    @property
    def fewer(self) -> tuple[int, ...]:
        """The other numbers of KV heads."""
        return self.kv_heads[1:]

    @property
    def ends(self) -> tuple[int, ...]:
        """The numbers of KV heads of MHA and MQA, and the one in the middle."""
        return self.kv_heads[0], self.kv_heads[len(self.kv_heads) // 2], self.kv_heads[-1]


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
    dtypes=("float32", "bfloat16"),
    model=DecoderShape(4096, 512, 6, 8, 8, 64, 1024),
    model_kv_heads=(8, 1),
    model_contexts=(128, 4096),
    model_batches=(),
    pool=1 << 27,
    seconds=1.0,
    visits=1,
)
"""Sizes for a lesson, which measures single groups of it."""


Measured = Callable[[torch.device], list[dict]]
"""A group: given the device, it measures its candidates in turns and gives their rows."""
_FAST = ("fold", "SDPA")


@dataclass(frozen=True)
class _Series:
    """A row of the plan: groups of attention by itself that differ in one size.

    What is a text here names a setting.

    Attributes:
        name: of its groups, with sizes in braces.
        values: the sizes that are varied, a group for each; None for a single group.
        varies: which sizes of a ``Case`` have this value.
        fixed: sizes that differ from those of a decode step (``_DECODE``).
        candidates: ways, each with these numbers of KV heads. The first of all is compared with.
    """

    name: str
    values: str | None = None
    varies: tuple[str, ...] = ()
    fixed: dict[str, int | str] = field(default_factory=dict)
    candidates: tuple[tuple[Iterable[str], str], ...] = ((_FAST, "ends"),)

    def sizes(self, settings: Settings) -> Iterator[dict[str, int]]:
        """Queries, tokens and batch of each group."""
        named = _DECODE | self.fixed
        sizes = {
            name: getattr(settings, size) if isinstance(size, str) else size
            for name, size in named.items()
        }
        for value in getattr(settings, self.values) if self.values else (None,):
            yield sizes | dict.fromkeys(self.varies, value)

    def cases(self, settings: Settings, sizes: dict[str, int], dtype: str) -> list[Case]:
        """The candidates of a group, without those that would hold too many scores at once."""
        return [
            Case(settings.num_heads, kv_heads, settings.d_head, dtype=dtype, way=way, **sizes)
            for ways, numbers in self.candidates
            for way in ways
            if way == "SDPA" or sizes["queries"] <= settings.held
            for kv_heads in getattr(settings, numbers)
        ]


_DECODE: dict[str, int | str] = {"queries": 1, "tokens": "context", "batch": "batch"}
_TIMES = (
    _Series("decode by KV heads", candidates=((_FAST, "mha"), (WAYS, "fewer"))),
    _Series("decode by context, {tokens}", "contexts", ("tokens",)),
    _Series("decode by batch, {batch}", "batches", ("batch",)),
    _Series(
        "prefill, {tokens}",
        "prefills",
        ("queries", "tokens"),
        fixed={"batch": 1},
        candidates=((("SDPA", "repeat", "broadcast", "fold"), "ends"),),
    ),
)
_MEMORY = (
    _Series("memory, decode", candidates=((WAYS, "kv_heads"),)),
    _Series(
        "memory, prefill",
        fixed={"queries": "held", "tokens": "held", "batch": 1},
        candidates=((WAYS, "kv_heads"),),
    ),
)


def groups(settings: Settings) -> dict[str, Measured]:
    """What is measured, by name.

    The candidates of a group take turns. From group to group one thing changes.
    """
    plan: dict[str, Measured] = {
        "ceilings": lambda device: measurements.ceilings(settings.dtypes, device, settings.pool)
    }
    for dtype in settings.dtypes:
        plan |= _attention_groups(settings, dtype) | _model_groups(settings, dtype)
    plan |= _memory_groups(settings)
    plan["cache"] = lambda device: measurements.cache_bytes(_cache_cases(settings))
    plan["clock"] = measurements.clock
    return plan


def _attention_groups(settings: Settings, dtype: str) -> dict[str, Measured]:
    def group(cases: list[Case]) -> Measured:
        return lambda device: measurements.attention(cases, device, settings.seconds, settings.pool)

    return {
        f"{series.name.format(**sizes)}, {dtype}": group(series.cases(settings, sizes, dtype))
        for series in _TIMES
        for sizes in series.sizes(settings)
    }


def _model_groups(settings: Settings, dtype: str) -> dict[str, Measured]:
    """Whole models: all contexts with one sequence, then all batches with the first context."""
    shapes = [dataclasses.replace(settings.model, num_kv_heads=n) for n in settings.model_kv_heads]

    def group(tokens: int, batch: int) -> Measured:
        return lambda device: measurements.decode_steps(
            shapes, tokens, batch, dtype, device, settings.seconds
        )

    sizes = [(tokens, 1) for tokens in settings.model_contexts]
    sizes += [(settings.model_contexts[0], batch) for batch in settings.model_batches]
    return {
        f"model, {tokens} tokens, batch {batch}, {dtype}": group(tokens, batch)
        for tokens, batch in sizes
    }


def _memory_groups(settings: Settings) -> dict[str, Measured]:
    def group(cases: list[Case]) -> Measured:
        return lambda device: measurements.peak_memory(cases, device)

    return {
        series.name: group(series.cases(settings, sizes, settings.dtypes[0]))
        for series in _MEMORY
        for sizes in series.sizes(settings)
    }


def _cache_cases(settings: Settings) -> list[Case]:
    s = settings
    return [
        Case(s.num_heads, kv_heads, s.d_head, 1, tokens, batch, dtype)
        for kv_heads in s.kv_heads
        for dtype in s.dtypes
        for tokens in s.contexts
        for batch in s.batches
    ]


ONCE = ("memory", "cache", "clock")
"""Groups that are visited once."""


def run(device: Device | None = None, kept: Kept | None = None, visit: int = 0) -> dict:
    """Measure this machine, once.

    Args:
        device: by default the best that there is.
        kept: where to keep results and go on from; by default nothing is kept.
        visit: number of this visit.

    Returns:
        ``{"machine", "runs"}``; a run is ``{"group", "visit", "rows"}``. See ``rows_of``.
    """
    device = torch.device(device or timing.best_device())
    runs = list(kept.runs) if kept else []
    done = {past["group"] for past in runs if past["visit"] == visit}
    wanted = groups(full(device))
    visited = [name for name in wanted if not (visit and name.startswith(ONCE))]
    say_what_is_kept(len(done), len(visited), f"parts of visit {visit + 1}")
    for name in bar([name for name in visited if name not in done], len(done)):
        try:
            rows = [_short(row) for row in wanted[name](device)]
        except RuntimeError as problem:
            if "memory" not in str(problem):
                raise
            print(f"left out, since it needs more memory than there is: {name}")
            continue
        runs.append({"group": name, "visit": visit, "rows": rows})
        if kept:
            kept.add(runs[-1])
    measurements.forget_models()
    return {"machine": timing.machine(), "runs": runs}


def full(device: Device) -> Settings:
    """The settings of a full run on this device."""
    return GPU if torch.device(device).type == "cuda" else FULL


def _short(value: Any) -> Any:
    """Floats of a row with five digits: more would not be the same again."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {name: _short(item) for name, item in value.items()}
    return [_short(item) for item in value] if isinstance(value, (list, tuple)) else value


def rows_of(results: dict, groups: str, **wanted: object) -> list[dict]:
    """Rows of the groups whose names begin with ``groups``, if they have these entries.

    Where a group was visited several times, a ``median`` is the median of the visits', and the
    range from ``low`` to ``high`` is the widest of all visits. ``gain`` likewise. A ceiling is the
    highest that any visit found, and ``roofline`` the least seconds by it. Rows of a whole model
    have ``tokens_per_second`` as well.
    """
    names = dict.fromkeys(run["group"] for run in results["runs"])
    ceilings = {row["dtype"]: row for row in _merged_rows(results, "ceilings")}
    rows = []
    for name in names:
        if name.startswith(groups):
            rows += [row | {"group": name} for row in _merged_rows(results, name)]
    for row in rows:
        if "gain" in row and row.get("dtype") in ceilings:
            ceiling = ceilings[row["dtype"]]
            least = row["flops"] / ceiling["peak_flops"], row["bytes"] / ceiling["bandwidth"]
            row["roofline"] = max(least)
    return [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]


def _merged_rows(results: dict, group: str) -> list[dict]:
    visits: dict[tuple, list[dict]] = {}
    for run in results["runs"]:
        for row in run["rows"] if run["group"] == group else ():
            # What was measured is a float, or three of them; sizes and names are not.
            case = tuple(item for item in row.items() if isinstance(item[1], (int, str)))
            visits.setdefault(case, []).append(row)
    return [_merged(rows) for rows in visits.values()]


def _merged(visits: Sequence[dict]) -> dict:
    row = dict(visits[0])
    for name in {"bandwidth", "peak_flops"} & set(row):
        row[name] = max(visit[name] for visit in visits)
    if "gain" in row:
        row["low"], row["median"], row["high"] = _widest(
            [(visit["low"], visit["median"], visit["high"]) for visit in visits]
        )
        row["gain"] = _widest([visit["gain"] for visit in visits])
    if "weight_bytes" in row:
        row["tokens_per_second"] = row["batch"] / row["median"]
    return row


def _widest(quartiles: Iterable[Sequence[float]]) -> tuple[float, float, float]:
    low, median, high = zip(*quartiles, strict=True)
    return min(low), statistics.median(median), max(high)


def _gains(results: dict) -> dict[str, list[float]]:
    """The gains of a run by name: what can be compared between two runs."""
    gains = {}
    for row in rows_of(results, ""):
        if "gain" in row:
            way = f", {row['way']}" if "way" in row else ""
            gains[f"{row['group']}: {row['kv_heads']} KV heads{way}"] = row["gain"]
    return gains


def main() -> None:
    """Measure what is missing in ``lessons/data/efficiency_DEVICE.json``."""
    device = timing.best_device()
    results = DATA / f"efficiency_{device.type}.json"
    more = "measure once more and keep both: the spread then tells of another time as well"
    path, options = path_and_options(results, __doc__, more=more)
    visits = full(device).visits
    runs = load(path.stem)["runs"] if path.exists() else []
    last = max((run["visit"] for run in runs), default=0)
    first = last - last % visits + visits * options.more
    with can_be_left():
        for visit in range(first, first + visits):
            in_a_new_process(_visit, path, visit)
    if options.again:
        compare(_gains(load(results.stem)), _gains(load(path.stem)))


def _visit(path: Path, visit: int) -> None:
    settings = dataclasses.asdict(full(timing.best_device()))
    head = {"command": "python -m attnlab.efficiency", "settings": settings}
    run(kept=Kept(path, head, same_machine=True), visit=visit)


def in_a_new_process(function: Callable, *args: object) -> None:
    """Call a function of a module in a process that has just started.

    Raises:
        SystemExit: if it does not end well; what it printed says why.
        KeyboardInterrupt: at once, also where the process is deep in a long operation.
    """
    process = multiprocessing.get_context("spawn").Process(target=function, args=args)
    # The process inherits that, and leaves Ctrl-C to this one.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.start()
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        process.join()
    except KeyboardInterrupt:
        process.terminate()
        process.join()
        raise
    if process.exitcode:
        raise SystemExit(process.exitcode)


if __name__ == "__main__":
    main()
