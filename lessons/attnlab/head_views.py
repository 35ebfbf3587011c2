"""Pictures of many heads: maps side by side, a score of every head, curves of what is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from torch import Tensor

from .figures import Picture, show
from .heatmaps import heatmap
from .style import COLOURS


def draw_maps(maps: Mapping[str, Tensor], tokens: Sequence[str], alt: str) -> Picture:
    """Maps of one sentence by name, three in a row."""
    rows = -(-len(maps) // 3)
    fig, axes = plt.subplots(rows, 3, figsize=(10.2, 3.6 * rows), squeeze=False)
    for i, (ax, (name, weights)) in enumerate(zip(axes.flat, maps.items(), strict=True)):
        heatmap(weights, tokens, tokens, title=name, values=False, ax=ax)
        ax.tick_params(labelsize=8)
        ax.set_xlabel("key" if i >= 3 * (rows - 1) else "")
        ax.set_ylabel("query" if i % 3 == 0 else "")
    return show(fig, alt, "")


def draw_scores(panels: Mapping[str, Tensor], title: str, alt: str) -> Picture:
    """A score between 0 and 1 of every head: a row for each layer; panels ``(layers, H)``."""
    layers = max(len(each) for each in panels.values())
    height = 1.3 + min(0.34 * layers, 4.2)
    fig, axes = plt.subplots(1, len(panels), figsize=(10.2, height), squeeze=False)
    for ax, (name, scores) in zip(axes[0], panels.items(), strict=True):
        image = ax.imshow(scores, vmin=0, vmax=1, cmap="cividis", aspect="auto")
        ax.set(title=name, xlabel="head")
        step = 5 if layers > 10 else 1
        ax.set_yticks(range(0, len(scores), step))
        ax.set_xticks(range(0, scores.shape[1], 2))
    axes[0, 0].set_ylabel("layer")
    fig.colorbar(image, ax=list(axes[0]), shrink=0.8, pad=0.02)
    fig.suptitle(title)
    return show(fig, alt, "")


def draw_guesses(slopes: Tensor, effects: Tensor, num_heads: int) -> Picture:
    """What the slope of each gate guesses, against what taking the head out costs; ``(heads,)``."""
    fig, ax = plt.subplots(figsize=(5.2, 3.8))
    guess = -slopes
    ends = [float(min(guess.min(), effects.min())), float(max(guess.max(), effects.max()))]
    ax.plot(ends, ends, color="0.6", lw=1, linestyle="-", label="guess = truth")
    ax.plot(guess, effects, "o", color=COLOURS["blue"])
    for head in (effects - guess).abs().argsort(descending=True)[:2].tolist():
        name = f"({head // num_heads}, {head % num_heads})"
        at = (float(guess[head]), float(effects[head]))
        ax.annotate(name, at, (6, 0), textcoords="offset points", va="center", fontsize=9)
    ax.set(
        title="The slope at an open gate guesses the ablation",
        xlabel="guess from the slope, nats",
        ylabel="loss without the head, nats more",
    )
    ax.legend()
    pairs = ", ".join(f"{a:.2f} and {b:.2f}" for a, b in zip(guess, effects, strict=True))
    return show(fig, f"Guess and truth for each head, in order: {pairs}.", "")


def draw_pruning(
    counts: Sequence[int], curves: Mapping[str, Sequence[float]], title: str
) -> Picture:
    """Loss over the number of heads taken out; random orders as one band."""
    fig, ax = plt.subplots(figsize=(7.0, 3.6))
    random = [curve for name, curve in curves.items() if name.startswith("random")]
    for (name, curve), marker in zip(
        [each for each in curves.items() if not each[0].startswith("random")], "os", strict=False
    ):
        ax.plot(counts, curve, marker=marker, label=f"{name} first")
    low, high = [[end(at) for at in zip(*random, strict=True)] for end in (min, max)]
    ax.fill_between(counts, low, high, color=COLOURS["green"], alpha=0.3, lw=0, label="at random")
    ax.set(title=title, xlabel="heads taken out, of 270", ylabel="loss, nats per token")
    ax.legend()
    told = {**{k: v for k, v in curves.items() if not k.startswith("random")}}
    told |= {"at random, lowest": low, "highest": high}
    return show(
        fig,
        f"Loss after taking out {list(counts)} heads. "
        + "; ".join(f"{k}: {', '.join(f'{x:.2f}' for x in v)}" for k, v in told.items()),
        "",
    )
