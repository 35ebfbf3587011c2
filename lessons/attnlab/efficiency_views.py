"""Pictures of what was measured: clocks, roofs, what KV heads gain and what they cost."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from attnlab import conversion, quality
from attnlab.curves import curve, log_axes, theory
from attnlab.efficiency import rows_of
from attnlab.figures import Picture, show
from attnlab.grouping import heads
from attnlab.style import COLOURS
from attnlab.timing import quartiles, said

CONTEXTS = (256, 1024, 4096, 16384)
_PLAIN = ("fold", "repeat", "broadcast")


def draw_samples(samples: Sequence[float], busy: tuple[int, int]) -> Picture:
    """Milliseconds of each call, mean and median; other programs ran from ``busy[0]`` on."""
    low, median, high = quartiles(samples)
    mean = statistics.mean(samples)
    fig, ax = plt.subplots(figsize=(7.2, 3.0))
    ax.axvspan(busy[0] - 0.5, busy[1] - 0.5, color="0.9", lw=0)
    ax.plot(samples, "o", markersize=4, color=COLOURS["blue"])
    ax.axhline(mean, color=COLOURS["orange"], linestyle="--", label=f"mean {mean:.1f} ms")
    ax.axhline(median, color=COLOURS["green"], linestyle="-", label=f"median {median:.1f} ms")
    ax.set(xlabel="call", ylabel="milliseconds", title="One disturbance, two summaries")
    ax.legend()
    return show(
        fig,
        f"{len(samples)} samples in order; other programs are busy during the shaded calls, "
        f"{busy[0]} to {busy[1] - 1}. Median {median:.2f} ms, mean {mean:.2f} ms, quartiles "
        f"{low:.2f} and {high:.2f} ms; the slowest call takes {max(samples):.1f} ms.",
        machine=said(),
    )


def draw_roofline(results: dict) -> Picture:
    """Decode steps and a prefill in float32 under the roof of their machine."""
    (ceiling,) = rows_of(results, "ceilings", dtype="float32")
    peak, bandwidth = ceiling["peak_flops"], ceiling["bandwidth"]
    fig, ax = plt.subplots(figsize=(7.2, 3.8))
    places = sorted([0.25, peak / bandwidth, 1024])
    roof = [min(peak, place * bandwidth) / 1e9 for place in places]
    ax.plot(places, roof, color="black", linestyle="-", label="roofline")
    ax.axvline(peak / bandwidth, color="0.6", linewidth=1, linestyle=":", label="ridge")
    points = rows_of(results, "decode by KV heads", way="fold", dtype="float32")
    points += rows_of(results, "prefill, 1024", way="SDPA", dtype="float32", kv_heads=16)
    told = []
    for row in points:
        name = "prefill of 1024" if row["queries"] > 1 else heads(row["kv_heads"])
        place, reached = row["flops"] / row["bytes"], row["flops"] / row["median"] / 1e9
        ax.plot(place, reached, "o" if row["queries"] == 1 else "s", color="C0", markersize=7)
        label = ax.annotate(
            name, (place, reached), (8, -12), textcoords="offset points", fontsize=9
        )
        label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
        told.append(f"{name}: {reached:.0f} GFLOP/s at {place:.1f} FLOPs per byte")
    log_axes(ax, x=[0.25, 1, 4, 16, 64, 256, 1024], y=[10, 30, 100, 300])
    ax.set(xlabel="arithmetic intensity, FLOPs per byte", ylabel="GFLOP/s")
    ax.set(title="Decoding stands below the slope, prefill below the flat roof")
    ax.legend(loc="upper left")
    return show(
        fig,
        f"Roofline with a slope of {bandwidth / 1e9:.0f} GB/s and a flat top of "
        f"{peak / 1e9:.0f} GFLOP/s, and measured points. " + "; ".join(told) + ".",
        machine=said(results["machine"]),
    )


def draw_growth(bytes_per_token: Mapping[int, int], weights: float) -> Picture:
    """Gigabytes of keys and values over the context, by KV heads, for 1 and 32 sequences.

    Args:
        bytes_per_token: by the number of KV heads.
        weights: bytes of the model's weights, drawn as a line.
    """
    fig, axes = plt.subplots(1, 2, figsize=(9.0, 3.4), sharey=True)
    for ax, batch in zip(axes, (1, 32), strict=True):
        for i, (kv_heads, each) in enumerate(bytes_per_token.items()):
            held = [each * tokens * batch / 1e9 for tokens in CONTEXTS]
            ax.plot(CONTEXTS, held, marker="osD"[i], linestyle="-", label=heads(kv_heads))
        ax.axhline(weights / 1e9, color="black", linestyle=":", label="weights")
        log_axes(ax, x=CONTEXTS, y=[0.01, 0.1, 1, 10, 100])
        title = f"{batch} sequence{'s' if batch > 1 else ''}"
        ax.set(title=title, xlabel="tokens in each sequence")
    axes[0].set(ylabel="GB of keys and values")
    axes[1].legend(loc="lower right")
    fig.suptitle("Many users with long texts: the cache outgrows the weights")
    return show(
        fig,
        "Gigabytes of keys and values over 256 to 16384 tokens, for 1 and for 32 sequences, and "
        f"{weights / 1e9:.0f} GB of weights as a line. "
        + "; ".join(
            f"{heads(kv_heads)}: {each:,} bytes a token, as much as the weights at "
            f"{weights / each:,.0f} tokens"
            for kv_heads, each in bytes_per_token.items()
        )
        + ".",
        machine="no machine (counted)",
    )


def _ranges(
    rows: Sequence[dict], base: float | None = None, scale: float = 1.0
) -> list[list[float]]:
    """(low, median, high) of the seconds, or of how many times as fast as ``base`` they are."""
    own = [[row[name] for name in ("low", "median", "high")] for row in rows]
    if base is None:
        return [[each * scale for each in row] for row in own]
    return [[base / each for each in reversed(row)] for row in own]


def draw_gains(cpu: dict, gpu: dict) -> Picture:
    """How many times as fast as MHA of its own kind each way is: plain operations, or SDPA."""
    fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), sharey=True)
    told = [_gains(axes[0], cpu, "float32"), _gains(axes[1], gpu, "bfloat16")]
    axes[0].set(ylabel="times as fast as MHA")
    axes[1].legend(fontsize=9, loc=(0.03, 0.23), ncols=3)
    fig.suptitle("A decode step: processor (left) and GPU (right)")
    return show(
        fig,
        "How many times as fast as MHA a decode step over 4096 keys is, by way and number of KV "
        "heads, with theory as a dashed line; plain ways against plain MHA, SDPA against MHA "
        f"through SDPA. Processor, {told[0]}. GPU, {told[1]}.",
        machine=f"left {said(cpu['machine'])}; right {said(gpu['machine'])}",
    )


def _gains(ax: Axes, results: dict, dtype: str) -> str:
    rows = rows_of(results, "decode by KV heads", dtype=dtype)
    counts = sorted({row["kv_heads"] for row in rows})
    *counts, most = counts
    mha = {row["way"]: row["median"] for row in rows if row["kv_heads"] == most}
    ax.plot(counts, [most / n for n in counts], color="black", linestyle="--", label="theory")
    told = []
    for i, way in enumerate(("fold", "SDPA", "repeat", "broadcast")):
        own = {row["kv_heads"]: row for row in rows if row["way"] == way}
        ranges = _ranges([own[n] for n in counts], mha["fold" if way in _PLAIN else way])
        curve(ax, counts, ranges, way, i)
        told.append(f"{way} " + ", ".join(f"{m:.2f}" for _, m, _ in ranges))
    ax.axhline(1, color="0.5", linewidth=1, linestyle="-")
    log_axes(ax, x=counts, y=[0.1, 0.3, 1, 3, 10, 30])
    ax.set(xlabel="KV heads", title=f"{most} query heads, {dtype}")
    return f"{dtype}, KV heads {', '.join(map(str, counts))}: " + "; ".join(told)


def draw_contexts(cpu: dict, gpu: dict) -> Picture:
    """Milliseconds of a decode step over the keys in the cache, and the roofline of each curve."""
    fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), sharey=True)
    told = []
    for ax, results, dtype, way in (
        (axes[0], cpu, "float32", "fold"),
        (axes[1], gpu, "bfloat16", "SDPA"),
    ):
        rows = rows_of(results, "decode by context", dtype=dtype, way=way)
        for i, kv_heads in enumerate(sorted({row["kv_heads"] for row in rows}, reverse=True)):
            own = [row for row in rows if row["kv_heads"] == kv_heads]
            ranges = _ranges(own, scale=1e3)
            curve(ax, CONTEXTS, ranges, heads(kv_heads), i)
            theory(ax, CONTEXTS, [row["roofline"] * 1e3 for row in own], i)
            told.append(f"{heads(kv_heads)} " + ", ".join(f"{m:.3f}" for _, m, _ in ranges))
        log_axes(ax, x=CONTEXTS, y=[0.001, 0.01, 0.1, 1, 10, 100])
        ax.set(xlabel="keys in the cache", title=f"{way}, {dtype}, batch {own[0]['batch']}")
        ax.legend(fontsize=9)
    axes[0].set(ylabel="milliseconds of a decode step")
    fig.suptitle("Processor (left) and GPU (right); dashed: the roofline")
    return show(
        fig,
        "Milliseconds of a decode step over 256, 1024, 4096 and 16384 keys, and the roofline as "
        f"dashed lines. Processor: {'; '.join(told[:3])}. GPU: {'; '.join(told[3:])}.",
        machine=f"left {said(cpu['machine'])}; right {said(gpu['machine'])}",
    )


def draw_models(results: dict) -> Picture:
    """Tokens per second of whole models in float32, over the context and over the sequences."""
    fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.6))
    batches = (1, 4, 8, 32)
    told = []
    for i, kv_heads in enumerate((9, 3, 1)):
        own = rows_of(results, "model,", dtype="float32", kv_heads=kv_heads)
        by_context = [row for row in own if row["batch"] == 1]
        by_batch = [row for row in own if row["tokens"] == 256]
        for ax, rows, x in ((axes[0], by_context, CONTEXTS), (axes[1], by_batch, batches)):
            speeds = [[row["batch"] / row[e] for e in ("high", "median", "low")] for row in rows]
            curve(ax, x, speeds, heads(kv_heads), i)
            theory(ax, x, [row["batch"] / row["roofline"] for row in rows], i)
            told.append(
                f"{heads(kv_heads)} " + ", ".join(f"{middle:.0f}" for _, middle, _ in speeds)
            )
    log_axes(axes[0], x=CONTEXTS, y=[5, 10, 20, 50])
    log_axes(axes[1], x=batches, y=[20, 50, 100, 200, 500, 1000])
    axes[0].set(xlabel="tokens in the cache", ylabel="tokens per second", title="one sequence")
    axes[1].set(
        xlabel="sequences of 256 tokens", ylabel="tokens per second", title="many sequences"
    )
    axes[0].legend()
    fig.suptitle(
        "One short text: the curves are close. Long texts, or many, part them (dashed: roofline)"
    )
    return show(
        fig,
        "Tokens per second of a model of SmolLM2's shape, dashed: roofline. One sequence, 256 to "
        f"16384 tokens: {'; '.join(told[::2])}. 1, 4, 8 and 32 sequences of 256 tokens: "
        f"{'; '.join(told[1::2])}.",
        machine=said(results["machine"]),
    )


def draw_losses(by_heads: Mapping[int, Sequence[float]], machine: str) -> Picture:
    """Held-out loss of each seed, by KV heads."""
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    for place, losses in enumerate(by_heads.values()):
        ax.plot([place] * len(losses), losses, "o", color=COLOURS["blue"], markersize=5)
        ax.hlines(statistics.median(losses), place - 0.2, place + 0.2, color="black")
    ax.set_xticks(range(len(by_heads)), labels=list(map(str, by_heads)))
    ax.set(xlabel="KV heads", ylabel="held-out loss, nats")
    ax.set(title="The seeds differ more than the KV heads")
    told = "; ".join(
        f"{heads(n)} {statistics.median(losses):.3f} ({min(losses):.3f} to {max(losses):.3f})"
        for n, losses in by_heads.items()
    )
    return show(
        fig,
        f"Held-out loss of {len(by_heads[1])} seeds by KV heads, medians as bars: {told}.",
        machine=machine,
    )


def draw_conversion(results: dict) -> Picture:
    """Loss above MHA after a conversion by the mean, over the share of the original training."""
    budgets = results["budgets"]
    shares = [100 * budget / results["base_steps"] for budget in budgets]
    fig, ax = plt.subplots(figsize=(6.8, 3.4))
    told = []
    for i, kv_heads in enumerate(conversion.KV_HEADS):
        above = [_above_mha(results, kv_heads, budget) for budget in budgets]
        ranges = [(min(each), statistics.median(each), max(each)) for each in above]
        curve(ax, shares, ranges, heads(kv_heads), i)
        told.append(f"{heads(kv_heads)} " + ", ".join(f"{middle:.2f}" for _, middle, _ in ranges))
    ax.axhline(0, color="0.5", linewidth=1, linestyle="-")
    ax.set(xlabel="further training, per cent of the original steps", ylabel="loss above MHA, nats")
    ax.set(title="A little training brings most of it back")
    ax.legend()
    return show(
        fig,
        f"Held-out loss above MHA after {', '.join(f'{share:g}' for share in shares)} per cent of "
        f"the original training, for mean pooling: {'; '.join(told)}. Bars from lowest to highest "
        "seed.",
        machine=said(results["machine"]),
    )


def _above_mha(results: dict, kv_heads: int, step: int) -> list[float]:
    """For each seed, the loss above the MHA model that was trained on for as many steps."""
    by_seed = {
        (run["seed"], run["kv_heads"]): run["losses"][str(step)]
        for run in results["runs"]
        if run["how"] in ("none", "mean")
    }
    return [by_seed[seed, kv_heads] - by_seed[seed, 8] for seed in conversion.SEEDS]


def draw_fronts(
    costs: Mapping[str, Sequence[float]],
    losses: Sequence[Sequence[float]],
    fronts: Mapping[str, Sequence[int]],
    machine: str,
) -> Picture:
    """Losses above MHA's over each cost; what is on the front is a diamond.

    Args:
        costs: by name, one for each of ``quality.KV_HEADS``.
        losses: for each of them, how far they are above MHA's, seed by seed.
        fronts: by the name of a cost, places in these.
        machine: what was measured on.
    """
    fig, axes = plt.subplots(1, 2, figsize=(9.2, 3.6), sharey=True)
    told = []
    for ax, (name, cost) in zip(axes, costs.items(), strict=True):
        ax.axhline(0, color="0.8", linewidth=1)
        for i, (kv_heads, seeds) in enumerate(zip(quality.KV_HEADS, losses, strict=True)):
            middle = statistics.median(seeds)
            bars = [[middle - min(seeds)], [max(seeds) - middle]]
            colour, marker = ("C0", "D") if i in fronts[name] else ("0.6", "o")
            ax.errorbar(
                cost[i], middle, yerr=bars, capsize=3, linestyle="", color=colour, marker=marker
            )
            ax.annotate(str(kv_heads), (cost[i], middle), (7, 4), textcoords="offset points")
            told.append(f"{heads(kv_heads)}: {cost[i]:.3g} {name}, {middle:+.3f}")
        on_it = ", ".join(str(quality.KV_HEADS[i]) for i in fronts[name])
        told.append(f"on the front of {name}: {on_it}")
        ax.set(xlabel=name)
        ax.margins(x=0.12)
    axes[0].set(ylabel="loss above MHA's, nats")
    fig.suptitle(
        "Numbers of KV heads. Left and low is good; diamonds: beaten by none; bars: all seeds"
    )
    return show(fig, f"Loss above MHA's against cost: {'; '.join(told)}.", machine=machine)
