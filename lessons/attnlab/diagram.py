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

    def show(self, alt: str, caption: str | None = None) -> Picture:
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


def draw_model() -> Picture:
    """A decoder from its tokens to its logits, and where attention sits in it."""
    diagram = Diagram(9.9, 2.75)
    small, dot = (0.42, 0.42), (0.14, 0.14)
    tokens = diagram.box("tokens", (0.65, 0.8), shape="(B, L)", size=(1.0, 0.62))
    embed = diagram.box("embedding", (2.05, 0.8), shape="(B, L, d_model)")
    tap, second_tap = (diagram.box("", (x, 0.8), size=dot) for x in (3.5, 5.95))
    add, second_add = (diagram.box("+", (x, 0.8), size=small) for x in (4.8, 7.25))
    norm, second_norm = (diagram.box("norm", (x, 1.85), size=(0.7, 0.5)) for x in (3.5, 5.95))
    attention = diagram.box("attention", (4.8, 1.85), "weights", "units 01 to 07")
    mlp = diagram.box("MLP", (7.25, 1.85), shape="each token alone")
    logits = diagram.box("norm, logits", (9.1, 0.8), shape="(B, L, vocabulary)", size=(1.45, 0.62))
    diagram.frame([tap, norm, attention, add, second_norm, mlp, second_add], "layer, N times")
    for start, end in [
        (tokens, embed), (embed, tap), (tap, add), (add, second_tap), (second_tap, second_add),
        (second_add, logits), (tap, norm), (norm, attention), (attention, add),
        (second_tap, second_norm), (second_norm, mlp), (mlp, second_add),
    ]:  # fmt: skip
        diagram.arrow(start, end)
    diagram.note("x, the residual stream (B, L, d_model)", (5.4, 0.27))
    return diagram.show(
        "Block diagram of a decoder. Tokens (B, L) go through the embedding to x (B, L, d_model), "
        "then through N layers. In each layer, attention reads the norm of x and its result is "
        "added to x; then the MLP, which works on each token alone, reads the norm of x and its "
        "result is added too. A last norm and a matrix give the logits (B, L, vocabulary).",
        "",
    )
