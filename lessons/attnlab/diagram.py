"""Block diagrams: boxes and arrows, the same colour for the same thing in every lesson."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyBboxPatch

from attnlab.figures import Picture, show
from attnlab.style import COLOURS

ROLES = {
    "query": COLOURS["blue"],
    "key": COLOURS["orange"],
    "value": COLOURS["green"],
    "weights": COLOURS["yellow"],
    "output": COLOURS["purple"],
    "mask": "#666666",
    "plain": COLOURS["black"],
}
"""What a box stands for, and its colour; scores share the one of the weights."""

_PAD = 0.06  # inches, the rounded edge around a box
_TINT = 0.22  # share of the colour in a box's face, so that black text on it stays readable


class Diagram:
    """Boxes at places given in inches, x to the right and y upwards, joined by arrows."""

    def __init__(self, width: float, height: float):
        """An empty diagram of ``width`` by ``height`` inches; its lower left corner is (0, 0)."""
        self._figure, self._axes = plt.subplots(figsize=(width, height), layout="none")
        self._axes.set_position((0, 0, 1, 1))
        self._axes.set(xlim=(0, width), ylim=(0, height))
        self._axes.axis("off")

    def box(
        self,
        name: str,
        at: tuple[float, float],
        role: str = "plain",
        shape: str = "",
        size: tuple[float, float] = (1.3, 0.62),
    ) -> FancyBboxPatch:
        """A box around ``at``, its middle, with a name and below it a shape; see ``ROLES``."""
        colour = to_rgb(ROLES[role])
        face = tuple(1 - _TINT * (1 - part) for part in colour) if role != "plain" else "white"
        (x, y), (width, height) = at, size
        patch = FancyBboxPatch(
            (x - width / 2 + _PAD, y - height / 2 + _PAD),
            width - 2 * _PAD,
            height - 2 * _PAD,
            boxstyle=f"round,pad={_PAD}",
            facecolor=face,
            edgecolor=colour,
            linewidth=1.6,
            zorder=2,
        )
        self._axes.add_patch(patch)
        self._axes.text(x, y + (0.12 if shape else 0), name, ha="center", va="center", fontsize=10)
        if shape:
            self._axes.text(x, y - 0.15, shape, ha="center", va="center", fontsize=8, color="0.25")
        return patch

    def arrow(
        self, start: FancyBboxPatch, end: FancyBboxPatch, role: str = "plain", label: str = ""
    ) -> None:
        """An arrow from the edge of one box to the edge of another, towards their middles."""
        ends = [_middle(patch) for patch in (start, end)]
        style = {"arrowstyle": "-|>", "color": ROLES[role], "linewidth": 1.6}
        joined = {"patchA": start, "patchB": end, "shrinkA": 0, "shrinkB": 1}
        self._axes.annotate("", ends[1], ends[0], arrowprops=style | joined, zorder=1)
        if label:
            x, y = ((first + second) / 2 for first, second in zip(*ends, strict=True))
            self.note(label, (x, y + 0.13))

    def stem(self, start: tuple[float, float], end: FancyBboxPatch) -> None:
        """An arrow to a box from a point, such as a place on another arrow."""
        style = {"arrowstyle": "-|>", "color": ROLES["plain"], "linewidth": 1.6}
        joined = {"patchB": end, "shrinkA": 0, "shrinkB": 1}
        self._axes.annotate("", _middle(end), start, arrowprops=style | joined, zorder=1)

    def frame(self, boxes: Sequence[FancyBboxPatch], name: str) -> None:
        """A dashed frame around some boxes, with its name at the upper left."""
        edges = [patch.get_window_extent().transformed(self._axes.transData.inverted())
                 for patch in boxes]  # fmt: skip
        left, low = min(e.x0 for e in edges) - 0.16, min(e.y0 for e in edges) - 0.16
        right, high = max(e.x1 for e in edges) + 0.16, max(e.y1 for e in edges) + 0.32
        self._axes.add_patch(
            plt.Rectangle((left, low), right - left, high - low, fill=False, ec="0.5", ls="--")
        )
        self._axes.text(left + 0.08, high - 0.06, name, va="top", fontsize=9, color="0.3")

    def note(self, text: str, at: tuple[float, float]) -> None:
        """A small text around ``at``."""
        self._axes.text(*at, text, ha="center", va="center", fontsize=8.5, color="0.25")

    def show(self, alt: str, caption: str = "") -> Picture:
        """The picture, with ``alt`` for those who cannot see it. Raises ValueError without one."""
        return show(self._figure, alt, caption)


def _middle(patch: FancyBboxPatch) -> tuple[float, float]:
    return patch.get_x() + patch.get_width() / 2, patch.get_y() + patch.get_height() / 2


def draw_head(masked: bool = False) -> Picture:
    """One attention head from ``x`` and ``context`` to its output, with all shapes."""
    diagram = Diagram(9.9, 2.95 if masked else 2.5)
    x = diagram.box("x", (0.75, 2.1), shape="(B, L_q, d_model)")
    context = diagram.box("context (or x)", (0.75, 0.75), shape="(B, L_k, d_model)")
    q = diagram.box("q_proj", (2.5, 2.1), "query", "(B, L_q, d_head)")
    k = diagram.box("k_proj", (2.5, 1.25), "key", "(B, L_k, d_head)")
    v = diagram.box("v_proj", (2.5, 0.4), "value", "(B, L_k, d_head)")
    scores = diagram.box("q @ kᵀ / √d_head", (4.25, 1.7), "weights", "(B, L_q, L_k)", (1.45, 0.62))
    weights = diagram.box("softmax over keys", (6.0, 1.7), "weights", "(B, L_q, L_k)", (1.45, 0.62))
    average = diagram.box("weights @ v", (7.6, 1.25), "output", "(B, L_q, d_head)")
    result = diagram.box("o_proj", (9.15, 1.25), "output", "(B, L_q, d_model)")
    for start, end, role in [
        (x, q, "plain"), (context, k, "plain"), (context, v, "plain"), (q, scores, "query"),
        (k, scores, "key"), (v, average, "value"), (scores, weights, "weights"),
        (weights, average, "weights"), (average, result, "output"),
    ]:  # fmt: skip
        diagram.arrow(start, end, role)
    extra = ""
    if masked:
        mask = diagram.box("mask", (6.0, 2.6), "mask", "(B, 1 or L_q, L_k)", (1.45, 0.62))
        diagram.arrow(mask, weights, "mask")
        diagram.note("-inf where False", (6.6, 2.16))
        extra = " Between scores and softmax the mask writes -inf where it is False."
    return diagram.show(
        "Block diagram of one head. x (B, L_q, d_model) goes through q_proj, the context (B, L_k, "
        "d_model), which may be x itself, through k_proj and v_proj. Queries (B, L_q, d_head) and "
        "keys (B, L_k, d_head) make the scores (B, L_q, L_k), divided by the root of d_head; the "
        "softmax over the keys makes the weights of the same shape; the weights average the values "
        f"to (B, L_q, d_head), and o_proj leads back to (B, L_q, d_model).{extra}"
    )


def draw_decoder() -> Picture:
    """A decoder language model, from text to logits, with one of its layers opened."""
    diagram = Diagram(10.5, 2.8)
    road, size = 0.75, (1.0, 0.62)
    text = diagram.box("text", (0.65, road), size=size)
    tokens = diagram.box("tokens", (1.95, road), shape="(L,)", size=size)
    x = diagram.box("embedding", (3.3, road), shape="x (L, d_model)", size=(1.25, 0.62))
    first = diagram.box("+", (5.35, road), size=(0.4, 0.4))
    second = diagram.box("+", (7.35, road), size=(0.4, 0.4))
    logits = diagram.box("logits", (9.75, road), shape="(L, vocabulary)", size=(1.25, 0.62))
    attention = diagram.box("attention", (5.35, 2.15), "weights", "rows meet", (1.25, 0.62))
    mlp = diagram.box("MLP", (7.35, 2.15), "plain", "each row alone", (1.25, 0.62))
    norms = [diagram.box("norm", (at, 1.45), size=(0.75, 0.42)) for at in (4.5, 6.5)]
    for start, end in [(text, tokens), (tokens, x), (x, first), (first, second), (second, logits)]:
        diagram.arrow(start, end)
    for norm, box, end in zip(norms, (attention, mlp), (first, second), strict=True):
        diagram.stem((norm.get_x() + norm.get_width() / 2, road), norm)
        diagram.arrow(norm, box)
        diagram.arrow(box, end, "weights" if box is attention else "plain")
    diagram.frame([*norms, attention, mlp, first, second], "a layer, N times")
    diagram.note("residual stream", (4.62, road - 0.15))
    diagram.note("norm, table", (8.6, road + 0.14))
    return diagram.show(
        "Block diagram of a decoder. Text becomes tokens (L,), the embedding makes x (L, d_model) "
        "of them. x runs on as the residual stream through N layers. In a layer, a norm reads x, "
        "attention mixes its rows, and the result is added to x; then a second norm reads x, an "
        "MLP takes each row alone, and its result is added. After the last layer a norm and a "
        "table make the logits (L, vocabulary)."
    )
