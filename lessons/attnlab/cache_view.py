"""A KV cache filling up: what a step computes, writes and sees."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import matplotlib.pyplot as plt

from attnlab.figures import Picture, show
from attnlab.style import COLOURS
from autograder import course


def draw_step(prompt: int, chunks: Sequence[int], number: int) -> Picture:
    """Step ``number`` (0 is the prefill): the mask of its tokens over the slots of the cache.

    Args:
        prompt: tokens that the prefill reads.
        chunks: tokens that each further step reads.
        number: the step to draw.

    Raises:
        ValueError: there is no such step.
    """
    ends = list(itertools.accumulate([prompt, *chunks]))
    if not 0 <= number < len(ends):
        raise ValueError(f"there are the steps 0 to {len(ends) - 1}, not {number}")
    end, start = ends[number], ends[number - 1] if number else 0
    fig, ax = plt.subplots(figsize=(6.4, 0.62 * (end - start) + 1.9))
    for slot in range(ends[-1]):
        state = "new" if start <= slot < end else "stored" if slot < start else "empty"
        colour = {"new": COLOURS["orange"], "stored": COLOURS["sky"], "empty": "white"}[state]
        ax.add_patch(plt.Rectangle((slot, 0), 0.9, 0.8, facecolor=colour, edgecolor="0.4"))
        ax.text(slot + 0.45, 0.4, str(slot), ha="center", va="center")
    for row, query in enumerate(range(start, end)):
        height = end - start - row
        for slot in range(query + 1):
            ax.plot(slot + 0.45, height + 0.4, "o", color=COLOURS["blue"], markersize=9)
        ax.text(-0.2, height + 0.4, f"token {query} sees", ha="right", va="center")
    ax.text(-0.2, 0.4, "cache", ha="right", va="center")
    ax.set(xlim=(-2.4, ends[-1]), ylim=(-0.1, end - start + 1.1))
    ax.set_axis_off()
    kind = "prefill" if number == 0 else "decode" if end - start == 1 else "a chunk"
    written = f"position {start}" if end - start == 1 else f"positions {start} to {end - 1}"
    told = f"Step {number}, {kind}: writes {written}, reads {start} stored"
    ax.set_title(told, fontsize=10)
    return show(
        fig,
        f"{told}. Above the {ends[-1]} slots a row of dots for each new token: token i sees slots "
        "0 to i.",
    )


def step_through(prompt: int = 4, chunks: Sequence[int] = (2, 1, 1)) -> object:
    """A slider over the steps; without a live kernel, the first and the last of them."""
    last = len(chunks)
    if course.is_static():
        from IPython.display import display

        display(draw_step(prompt, chunks, 0))
        return draw_step(prompt, chunks, last)
    from ipywidgets import IntSlider, interactive

    slider = IntSlider(0, 0, last, description="Step")
    return interactive(lambda number: draw_step(prompt, chunks, number), number=slider)
