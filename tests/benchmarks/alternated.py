"""What the benchmarks share: candidates that take turns, quartiles, the machine."""

from __future__ import annotations

import os
import platform
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch


def seconds(run: Callable, times: int) -> float:
    """Seconds for one call, on average of ``times`` calls."""
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) / times


def take_turns(
    runs: dict[str, Callable], sample_seconds: float, cell_seconds: float, rounds: tuple[int, int]
) -> dict[str, list[float]]:
    """Samples in seconds of each candidate, in rounds whose order changes.

    Args:
        runs: the candidates by name.
        sample_seconds: a sample repeats its call until it takes about this long.
        cell_seconds: about how long all of it may take.
        rounds: fewest and most rounds.
    """
    once = {name: min(seconds(run, 1) for _ in range(3)) for name, run in runs.items()}
    times = {name: max(1, round(sample_seconds / each)) for name, each in once.items()}
    per_round = sum(once[name] * times[name] for name in runs)
    count = min(max(rounds[0], int(cell_seconds / per_round)), rounds[1])
    samples: dict[str, list[float]] = {name: [] for name in runs}
    order = list(runs)
    for _ in range(count):
        random.shuffle(order)
        for name in order:
            samples[name].append(seconds(runs[name], times[name]))
    return samples


def quartiles(values) -> tuple[float, ...]:
    """(low, median, high)."""
    return tuple(statistics.quantiles(values, n=4))


def ratios(above: list[float], below: list[float]) -> tuple[float, ...]:
    """Quartiles of the ratio, taken within each round."""
    return quartiles([a / b for a, b in zip(above, below, strict=True)])


def machine() -> dict:
    """What it ran on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":")[1].strip() if lines else model
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }
