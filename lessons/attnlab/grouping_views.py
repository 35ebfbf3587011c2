"""Who shares whose keys: the wiring of grouped heads, as a picture and with a slider."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from attnlab.figures import Picture, show
from attnlab.grouping import heads as heads_in_words
from attnlab.style import COLOURS
from autograder import course


def draw_sharing(heads: int, kv_heads: Sequence[int]) -> Picture:
    """Query heads above, KV heads below, a line from each query head to the one it reads.

    Raises:
        ValueError: a number of KV heads does not divide the query heads.
    """
    fig, axes = plt.subplots(
        1, len(kv_heads), figsize=(2.4 * len(kv_heads), 2.6), squeeze=False, sharey=True
    )
    told = []
    for ax, number in zip(axes[0], kv_heads, strict=True):
        reads = _reads(heads, number)
        _wire(ax, reads, number)
        name = {heads: "MHA", 1: "MQA"}.get(number, "GQA")
        ax.set_title(f"{name}: {heads_in_words(number)}")
        told.append(f"with {number} KV heads, query heads 0 to {heads - 1} read {reads}")
    fig.suptitle("Query heads (circles) read KV heads (squares): neighbours share")
    return show(
        fig,
        f"{heads} query heads above, KV heads below, lines from each query head to the KV head it "
        f"reads: {'; '.join(told)}.",
    )


def try_sharing(heads: int = 12, d_head: int = 128, tokens: int = 4096) -> object:
    """A slider over the KV heads, with the wiring and the bytes that a step reads in 16 bits.

    Without a live kernel, the bytes for each number of KV heads.
    """
    choices = [n for n in range(heads, 0, -1) if heads % n == 0]

    def told(number: int) -> str:
        read = 2 * number * d_head * tokens * 2 / 2**20
        return (
            f"{heads_in_words(number)}, group size {heads // number}: a step over {tokens} tokens "
            f"reads {read:.0f} MiB in each layer"
        )

    if course.is_static():
        print(*map(told, choices), sep="\n")
        return None
    from ipywidgets import SelectionSlider, interactive

    def view(kv_heads: int) -> Picture:
        print(told(kv_heads))
        return draw_sharing(heads, [kv_heads])

    slider = SelectionSlider(options=choices, description="KV heads")
    return interactive(view, kv_heads=slider)


def _reads(heads: int, number: int) -> list[int]:
    if heads % number:
        raise ValueError(f"{number} KV heads do not divide {heads} query heads")
    return [h // (heads // number) for h in range(heads)]


def _wire(ax: Axes, reads: list[int], number: int) -> None:
    colours = list(COLOURS.values())[:6]
    for head, shared in enumerate(reads):
        place = (len(reads) - number) / 2 + shared
        colour = colours[shared % len(colours)]
        ax.plot([head, place], [1, 0], color=colour, linestyle="-")
        for x, y, marker, text in ((head, 1, "o", head), (place, 0, "s", shared)):
            ax.plot(x, y, marker, color=colour, markersize=13)
            ax.text(x, y, str(text), ha="center", va="center", color="white", fontsize=9)
    ax.set(xlim=(-0.6, len(reads) - 0.4), ylim=(-0.4, 1.4))
    ax.set_axis_off()
