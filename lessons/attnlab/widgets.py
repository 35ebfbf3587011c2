"""What a learner moves in a lesson, with a picture of its first state where no kernel runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import torch
from torch import Tensor

from attnlab.diagram import ROLES
from attnlab.figures import Picture, show
from attnlab.heatmaps import heatmaps
from autograder import course

if TYPE_CHECKING:
    from ipywidgets import HTML, VBox


def query_sliders(
    keys: Tensor, values: Tensor, words: Sequence[str], query: tuple[float, float] = (1.0, 1.0)
) -> VBox | Picture:
    """Two sliders for a query of two numbers; weights and output follow.

    Args:
        keys, values: ``(L_k, 2)``.
        words: a name for each key.
        query: where the sliders start, and what the static picture shows.
    """
    if course.is_static():
        return draw_lookup(torch.tensor(query), keys, values, words)
    from ipywidgets import FloatSlider, HBox, VBox

    sliders = [
        FloatSlider(start, min=-3, max=3, step=0.25, description=f"query[{i}]")
        for i, start in enumerate(query)
    ]

    def draw() -> Picture:
        return draw_lookup(torch.tensor([each.value for each in sliders]), keys, values, words)

    picture = _following(draw)
    for slider in sliders:
        slider.observe(lambda _: _redraw(picture, draw), "value")
    return VBox([HBox(sliders), picture])


def draw_lookup(query: Tensor, keys: Tensor, values: Tensor, words: Sequence[str]) -> Picture:
    """A query among the keys, the weights, and the output among the values; two numbers each."""
    weights = torch.softmax(keys @ query, dim=0)  # (L_k,)
    output = weights @ values  # (2,)
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(9.6, 3.3))
    left.plot(*keys.T, "o", color=ROLES["key"])
    left.annotate("", query, (0, 0), arrowprops={"arrowstyle": "-|>", "color": ROLES["query"]})
    left.set(title="query (arrow) and keys", xlim=(-3.3, 3.3), ylim=(-3.3, 3.3))
    middle.barh(range(len(words)), weights.tolist(), color=ROLES["weights"])
    middle.set_yticks(range(len(words)), words)
    middle.set(title="weights", xlim=(0, 1))
    middle.invert_yaxis()
    right.scatter(*values.T, s=30 + 900 * weights, color=ROLES["value"], alpha=0.6)
    right.plot(*output, "*", markersize=16, color=ROLES["output"], markeredgecolor="black")
    right.set(title="values, and output (star)", xlim=(-3.4, 5.4), ylim=(-3.4, 3.4))
    for ax, points in ((left, keys), (right, values)):
        for point, names in _named_points(points, words).items():
            ax.annotate(
                names, point, (0, -8), textcoords="offset points", ha="center", va="top", fontsize=9
            )
    heaviest = int(weights.argmax())
    return show(
        fig,
        f"Query ({query[0]:g}, {query[1]:g}): weights "
        + ", ".join(f"{word} {w:.2f}" for word, w in zip(words, weights.tolist(), strict=True))
        + f". Output ({output[0]:.2f}, {output[1]:.2f}); the heaviest value is that of "
        f"'{words[heaviest]}'.",
        "",
    )


def mask_editor(scores: Tensor, mask: Tensor, words: Sequence[str]) -> VBox | Picture:
    """A small mask whose cells can be clicked; the weights follow.

    Args:
        scores: ``(L_q, L_k)``.
        mask: boolean ``(L_q, L_k)``, True = may attend: where the editor starts. Left as it is.
        words: a name for each key; the last ``L_q`` of them are the queries.
    """
    mask, queries = mask.clone(), words[len(words) - len(mask) :]
    if course.is_static():
        return draw_masked(scores, mask, queries, words)
    from ipywidgets import GridBox, Label, Layout, ToggleButton, VBox

    picture = _following(lambda: draw_masked(scores, mask, queries, words))

    def cell(i: int, j: int) -> ToggleButton:
        button = ToggleButton(bool(mask[i, j]), description="1" if mask[i, j] else "0")
        button.layout, button.tooltip = Layout(width="4em"), f"{queries[i]} to {words[j]}"

        def change(event: dict) -> None:
            mask[i, j] = event["new"]
            button.description = "1" if event["new"] else "0"
            _redraw(picture, lambda: draw_masked(scores, mask, queries, words))

        button.observe(change, "value")
        return button

    rows = [Label("mask"), *(Label(word) for word in words)]
    for i, query in enumerate(queries):
        rows += [Label(query), *(cell(i, j) for j in range(len(words)))]
    columns = Layout(grid_template_columns=f"repeat({len(words) + 1}, 4.5em)")
    return VBox([GridBox(rows, layout=columns), picture])


def draw_masked(
    scores: Tensor, mask: Tensor, queries: Sequence[str], words: Sequence[str]
) -> Picture:
    """The weights without and with a mask; a row without a key is NaN."""
    masked = scores.masked_fill(~mask, float("-inf")).softmax(-1)  # (L_q, L_k)
    panels = {"no mask": scores.softmax(-1), "this mask": masked}
    return heatmaps(panels, queries, words, mask={"this mask": mask}, caption="")


def _named_points(points: Tensor, words: Sequence[str]) -> dict[tuple[float, float], str]:
    """The words at each point, those of equal points together."""
    names: dict[tuple[float, float], str] = {}
    for (x, y), word in zip(points.tolist(), words, strict=True):
        names[x, y] = f"{names[x, y]}, {word}" if (x, y) in names else word
    return names


def _following(draw: Callable[[], Picture]) -> HTML:
    from ipywidgets import HTML

    return HTML(draw()._repr_html_())


def _redraw(picture: HTML, draw: Callable[[], Picture]) -> None:
    picture.value = draw()._repr_html_()
