"""Figures of lesson 09."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np

from attnlab.figures import Picture, show
from attnlab.style import COLOURS

PRICES = {
    "MMLU": (37.9, 41.2, 45.2),
    "C-Eval": (30.0, 37.7, 42.9),
    "CMMLU": (34.6, 38.4, 43.5),
    "BBH": (33.2, 35.6, 37.0),
}
"""DeepSeek-V2 (2405.04434), Table 8: 7B dense models with MQA, GQA with 8 KV heads, and MHA."""


def draw_prices() -> Picture:
    """Four benchmarks by kind of attention, beside an average that hides the difference."""
    fig, (left, right) = plt.subplots(
        1, 2, figsize=(9.6, 3.3), gridspec_kw={"width_ratios": (2, 1.2)}
    )
    names = ("MQA", "GQA-8", "MHA")
    colours = (COLOURS["orange"], COLOURS["sky"], COLOURS["blue"])
    for i, (name, colour) in enumerate(zip(names, colours, strict=True)):
        places = np.arange(len(PRICES)) + 0.27 * (i - 1)
        heights = [scores[i] for scores in PRICES.values()]
        bars = left.bar(places, heights, width=0.25, color=colour, label=name)
        left.bar_label(bars, fmt="%.1f", fontsize=8)
    left.set_xticks(range(len(PRICES)), list(PRICES))
    left.set(title="7B dense, trained alike (DeepSeek-V2, Table 8)", ylabel="score", ylim=(0, 55))
    left.legend(ncols=3, loc="upper left", fontsize=8)
    bars = right.bar(["MQA", "GQA-8", "MHA"], [46.6, 47.1, 47.2], color=colours)
    right.bar_label(bars, fmt="%.1f", fontsize=8)
    right.set(title="T5 XXL, uptrained\n(Ainslie, Table 1)", ylabel="average score", ylim=(0, 55))
    told = "; ".join(
        f"{name}: MQA {mqa}, GQA {gqa}, MHA {mha}" for name, (mqa, gqa, mha) in PRICES.items()
    )
    return show(fig, f"{told}. T5 XXL: MQA 46.6, GQA 47.1, MHA 47.2.", "")


def draw_recall(runs: Sequence[Mapping]) -> Picture:
    """What a cheaper cache costs on text, and on recall.

    Args:
        runs: with ``name``, ``loss`` and ``recall_loss`` in nats; the first is the healthy one.
    """
    fig, ax = plt.subplots(figsize=(7.6, 4.0))
    base, *changed = runs
    for start, marker, colour, label in (
        ("layer ", "o", "blue", "one KV head in the layer of this number"),
        ("cache in ", "s", "orange", "the cache of all layers in so many bits"),
    ):
        points = {
            each["name"].removeprefix(start).split(":")[0]: (
                each["loss"] - base["loss"],
                each["recall_loss"] - base["recall_loss"],
            )
            for each in changed
            if each["name"].startswith(start)
        }
        ax.plot(*zip(*points.values(), strict=True), marker, color=COLOURS[colour], label=label)
        for name, (x, y) in points.items():
            beside = (5, 3) if y > 0 else (5, -10)
            ax.annotate(name, (x, y), beside, textcoords="offset points", fontsize=9)
    ax.legend(loc="center right", fontsize=9)
    ax.axhline(0, color="0.7", linewidth=1)
    ax.axvline(0, color="0.7", linewidth=1)
    ax.set_xscale("symlog", linthresh=0.1)
    ax.set(
        xlabel="loss on text, more than before (nats; logarithmic beyond 0.1)",
        ylabel="loss on recall, more than before",
        title="One layer with one KV head, or a cache of fewer bits",
    )
    told = "; ".join(
        f"{each['name']}: text {each['loss'] - base['loss']:+.2f}, recall "
        f"{each['recall_loss'] - base['recall_loss']:+.2f}"
        for each in changed
    )
    return show(fig, f"Nats more than the model as trained. {told}.", "")


def draw_users(users: Mapping[str, Mapping[int, int]]) -> Picture:
    """How many sequences fit, by KV heads.

    Args:
        users: for each context, as a line is to be called, sequences by KV heads.
    """
    fig, ax = plt.subplots(figsize=(6.8, 3.4))
    for name, counts in users.items():
        fits = {n: count for n, count in counts.items() if count}
        (line,) = ax.plot(list(fits), list(fits.values()), marker="o", label=name)
        for n in counts.keys() - fits.keys():
            ax.text(n, 1, "none fits", color=line.get_color(), va="center", fontsize=9)
    heads = sorted({n for counts in users.values() for n in counts})
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(heads, [str(n) for n in heads])
    ax.invert_xaxis()
    ax.set(xlabel="KV heads (of 32 query heads)", ylabel="sequences at once")
    ax.set_title("Users on one GPU of 80 GB, beside 16 GB of weights")
    ax.legend(fontsize=9)
    told = "; ".join(
        f"{name}: " + ", ".join(f"{n} KV heads {count}" for n, count in counts.items())
        for name, counts in users.items()
    )
    return show(fig, f"Sequences that fit. {told}.", "")


def draw_alarms(
    runs: Sequence[Mapping], bands: Mapping[str, tuple[float, float]], limit: float
) -> Picture:
    """Which signal of which fault leaves the band of healthy texts.

    Args:
        runs: with ``name``, the signals of ``bands``, and ``largest_divergence``.
        bands: lowest and highest healthy value by signal.
        limit: nats that a canary may diverge.
    """
    names = [*bands, "canary"]
    alarms = np.zeros((len(runs), len(names)))
    words = []
    for i, each in enumerate(runs):
        row = []
        for j, name in enumerate(names):
            if name == "canary":
                value, low, high = each["largest_divergence"], 0.0, limit
            else:
                value, (low, high) = each[name], bands[name]
            alarms[i, j] = 1 if value > high else -1 if value < low else 0
            row.append(f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}")
        words.append(row)
    fig, ax = plt.subplots(figsize=(8.6, 0.36 * len(runs) + 1.2))
    ax.imshow(alarms, cmap="PuOr_r", vmin=-2.4, vmax=2.4, aspect="auto")
    for i, row in enumerate(words):
        for j, word in enumerate(row):
            mark = {1: " ▲", -1: " ▼", 0: ""}[int(alarms[i, j])]
            ax.text(j, i, word + mark, ha="center", va="center", fontsize=8.5)
    ax.set_xticks(range(len(names)), [name.replace("_", " ") for name in names])
    ax.xaxis.tick_top()
    ax.set_yticks(range(len(runs)), [each["name"] for each in runs])
    ax.tick_params(length=0)
    told = "; ".join(
        f"{each['name']}: "
        + (
            ", ".join(
                f"{name} {'above' if alarm > 0 else 'below'}"
                for name, alarm in zip(names, row, strict=True)
                if alarm
            )
            or "nothing"
        )
        for each, row in zip(runs, alarms, strict=True)
    )
    return show(fig, f"Signals outside their healthy band. {told}.", "")
