"""Honest timing: candidates that take turns, quartiles, and what the machine can do at best."""

from __future__ import annotations

import functools
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import TypeVar

import torch

Device = torch.device | str
_Name = TypeVar("_Name", bound=Hashable)


def best_device() -> torch.device:
    """CUDA or MPS where there is one, else the processor."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def synchronise(device: Device = "cpu") -> None:
    """Wait until the device has done all that it was asked for.

    A GPU takes orders and works on them later: without this the clock times the ordering.
    """
    kind = torch.device(device).type
    if kind == "cuda":
        torch.cuda.synchronize(device)
    elif kind == "mps":
        torch.mps.synchronize()


def seconds(run: Callable, times: int = 1, device: Device = "cpu") -> float:
    """Seconds for one call, on average of ``times`` calls."""
    synchronise(device)
    start = time.perf_counter()
    for _ in range(times):
        run()
    synchronise(device)
    return (time.perf_counter() - start) / times


def take_turns(
    runs: dict[_Name, Callable],
    sample_seconds: float,
    cell_seconds: float,
    rounds: tuple[int, int],
    device: Device = "cpu",
) -> dict[_Name, list[float]]:
    """Samples in seconds of each candidate, in rounds whose order changes.

    Args:
        runs: the candidates by name.
        sample_seconds: a sample repeats its call until it takes about this long.
        cell_seconds: about how long all of it may take.
        rounds: fewest and most rounds.
        device: where they work.
    """
    once = {name: _warm_up(run, device) for name, run in runs.items()}
    times = {name: max(1, round(sample_seconds / first)) for name, first in once.items()}
    per_round = sum(once[name] * times[name] for name in runs)
    count = min(max(rounds[0], int(cell_seconds / per_round)), rounds[1])
    samples: dict[_Name, list[float]] = {name: [] for name in runs}
    order = list(runs)
    for _ in range(count):
        random.shuffle(order)
        for name in order:
            samples[name].append(seconds(runs[name], times[name], device))
    return samples


def _warm_up(run: Callable, device: Device) -> float:
    """Seconds of the fastest of three first calls; of one, if that takes a second."""
    first = seconds(run, 1, device)
    return first if first > 1 else min(first, *(seconds(run, 1, device) for _ in range(2)))


def quartiles(values: Iterable[float]) -> tuple[float, ...]:
    """(low, median, high)."""
    return tuple(statistics.quantiles(values, n=4, method="inclusive"))


def ratios(above: list[float], below: list[float]) -> tuple[float, ...]:
    """Quartiles of the ratio, taken within each round."""
    return quartiles([a / b for a, b in zip(above, below, strict=True)])


def read_bandwidth(device: Device = "cpu", size: int = 1 << 30) -> float:
    """Bytes per second at which the machine adds up a tensor of ``size`` bytes, read once.

    The best of five: this is a ceiling. A tensor that fits into a cache is read faster.
    """
    numbers = torch.ones(size // 4, device=device)
    return numbers.nbytes / min(seconds(numbers.sum, 1, device) for _ in range(5))


def flop_peak(
    dtype: torch.dtype = torch.float32, device: Device = "cpu", width: int = 2048
) -> float:
    """FLOPs per second in a product of two square matrices: the best of five.

    Where a product of this width would take over half a second, by the speed of a small one, it is
    a narrower one: without instructions for a dtype, products take a thousand times as long.
    """
    small = width // 8
    least = min(_product_seconds(dtype, device, small, 3))
    while width > small and least * (width / small) ** 3 > 0.5:
        width //= 2
    return 2 * width**3 / min(_product_seconds(dtype, device, width, 5))


def _product_seconds(dtype: torch.dtype, device: Device, width: int, times: int) -> list[float]:
    a, b = (torch.randn(width, width, device=device).to(dtype) for _ in range(2))
    return [seconds(lambda: a @ b, 1, device) for _ in range(times)]


def _processor(line: str) -> str:
    """What Linux says of the processor in its first line of that name, or nothing."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((each.split(":")[1].strip() for each in lines if each.startswith(line)), "")


def bfloat16_units() -> str:
    """The processor's instructions for bfloat16 by name, ``"none"``, or ``"unknown"``.

    Without them each product is first turned into float32, and 16 bits save memory but no time.
    """
    flags = (_processor("flags") or _processor("Features")).split()
    known = [each for each in ("avx512_bf16", "amx_bf16", "bf16") if each in flags]
    return ", ".join(known) or ("none" if flags else "unknown")


@functools.cache
def machine() -> dict:
    """What it ran on."""
    model = _processor("model name") or platform.processor() or platform.machine()
    device = best_device()
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "device": torch.cuda.get_device_name() if device.type == "cuda" else device.type,
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def said(described: dict | None = None) -> str:
    """A machine in one line, for figures: one that ``machine`` described, by default this one."""
    facts = machine() if described is None else described
    name = facts["cpu"].replace("(R)", "").replace("(TM)", "")
    gpu = "" if facts.get("device", "cpu") == "cpu" else f"{facts['device']}, "
    threads = f", {facts['threads']} of {facts['cores']} cores"
    return f"{gpu}{name}{threads}, {facts['system']}, torch {facts['torch']}"
