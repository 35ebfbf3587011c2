"""Measured curves beside their theory: points with their range, and a dashed line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

MARKERS = "osD^vP"


def curve(
    ax: Axes, x: Sequence[float], ranges: Iterable[Sequence[float]], label: str, number: int
) -> Line2D:
    """Draw medians as a line and their range from low to high as bars.

    Args:
        ax: where to.
        x: places.
        ranges: (low, median, high) for each of them.
        label: what the legend calls it.
        number: which curve of the picture this is, from 0: it gives colour and marker.
    """
    low, median, high = zip(*ranges, strict=True)
    bars = [
        [m - each for m, each in zip(median, low, strict=True)],
        [each - m for m, each in zip(median, high, strict=True)],
    ]
    drawn = ax.errorbar(
        x,
        median,
        yerr=bars,
        color=f"C{number}",
        marker=MARKERS[number],
        linestyle="-",
        capsize=2,
        label=label,
    )
    return drawn.lines[0]


def theory(
    ax: Axes, x: Sequence[float], y: Sequence[float], number: int, label: str | None = None
) -> None:
    """Draw the theory of curve ``number`` as a thin dashed line of its colour."""
    ax.plot(x, y, color=f"C{number}", linestyle="--", linewidth=1.1, label=label)


def log_axes(ax: Axes, x: Sequence[float] | None = None, y: Sequence[float] | None = None) -> None:
    """Logarithmic axes (those with given ticks) whose ticks are plain numbers."""
    for axis, scale, ticks in ((ax.xaxis, ax.set_xscale, x), (ax.yaxis, ax.set_yscale, y)):
        if ticks is not None:
            scale("log")
            axis.set_ticks(ticks, labels=[f"{each:g}" for each in ticks])
            axis.set_minor_locator(NullLocator())
