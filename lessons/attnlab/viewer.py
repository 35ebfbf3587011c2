"""Attention maps to look through: all heads of a layer, one of them enlarged, the row of a token.

What others do offline: bertviz asks cdnjs.cloudflare.com for d3, jQuery and require.js and shows
nothing without them. circuitsvis asks google.com whether there is a network, then unpkg.com for its
script, and brings 1.7 MB of it where there is none. anywidget's extension for JupyterLab comes
with its wheel and asks nobody; a page that was saved with its state would fetch it from a CDN. So a
kernel shows ``viewer.js`` through anywidget, and a page without one holds the same file inline.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import matplotlib as mpl
import matplotlib.pyplot as plt
import torch
import traitlets
from markupsafe import Markup
from matplotlib.colors import to_hex
from torch import Tensor

from attnlab import looks
from attnlab.figures import Picture, show
from attnlab.heatmaps import heatmap
from autograder import course

_MODULE = Path(__file__).with_name("viewer.js").read_text(encoding="utf-8")
_COLOURS = [to_hex(mpl.colormaps["cividis"](i / 63)) for i in range(64)]
_MAPS_IN_A_ROW = 4


class AttentionViewer(anywidget.AnyWidget):
    """The viewer in a kernel. ``layer``, ``head`` and ``token`` can be read and set."""

    _esm = _MODULE
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    colours = traitlets.List(traitlets.Unicode()).tag(sync=True)
    weights = traitlets.Unicode().tag(sync=True)
    layer = traitlets.Int().tag(sync=True)
    head = traitlets.Int().tag(sync=True)
    token = traitlets.Int().tag(sync=True)

    @traitlets.validate("layer", "head", "token")
    def _is_there(self, proposal: Any) -> int:
        axis = {"layer": 0, "head": 1, "token": 2}[proposal["trait"].name]
        if not 0 <= proposal["value"] < self.shape[axis]:
            raise traitlets.TraitError(f"there are only {self.shape[axis]}, counted from 0")
        return proposal["value"]


class ViewerPage(Picture):
    """The viewer on a page without a kernel: a picture, which its script replaces."""

    def __init__(self, picture: Picture, state: dict[str, Any]):
        super().__init__(picture.png, picture.alt, picture.caption)
        self.state = state

    def _repr_html_(self) -> str:
        return looks.page(
            "viewer",
            picture=Markup(super()._repr_html_()),
            mark=hashlib.sha256(json.dumps(self.state).encode()).hexdigest()[:12],
            module=base64.b64encode(_MODULE.encode()).decode(),
            state=self.state,
        )


def attention_viewer(
    weights: Tensor, tokens: Sequence[str], layer: int = 0, head: int = 0, token: int = -1
) -> AttentionViewer | ViewerPage:
    """All heads of a layer as small maps; one is enlarged, and one query's row stands in words.

    A click or the arrow keys choose a head; the mouse, or the arrow keys, a token.

    Args:
        weights: ``(H, L, L)`` or ``(layers, H, L, L)``, from 0 to 1: queries, then keys.
        tokens: a name for each of the ``L`` tokens.
        layer, head, token: where the viewer starts; may count from the end.

    Raises:
        ValueError: if the shape, the values or the names do not fit.
        IndexError: if there is no such layer, head or token.
    """
    if weights.dim() not in (3, 4) or weights.shape[-2] != weights.shape[-1] or not weights.numel():
        raise ValueError(
            f"weights has shape {tuple(weights.shape)}: the viewer shows (H, L, L) or "
            "(layers, H, L, L). Choose one sequence first, for example weights[0]."
        )
    if len(tokens) != weights.shape[-1]:
        raise ValueError(f"{len(tokens)} names for {weights.shape[-1]} tokens: {list(tokens)}")
    weights = weights.detach().cpu().double()
    weights = weights if weights.dim() == 4 else weights[None]
    if not ((weights >= 0) & (weights <= 1 + 1e-3)).all():  # half precision rounds a 1 up
        raise ValueError("weights should lie between 0 and 1: are these scores, or is one NaN?")
    layers, heads, length = weights.shape[:3]
    state = {
        "shape": [layers, heads, length],
        "tokens": [str(each) for each in tokens],
        "colours": _COLOURS,
        "weights": _packed(weights),
        "layer": range(layers)[layer],
        "head": range(heads)[head],
        "token": range(length)[token],
    }
    if course.is_static():
        return ViewerPage(_picture(weights, state), state)
    return AttentionViewer(**state)


def _packed(weights: Tensor) -> str:
    """Numbers of 16 bits, low byte first, in base64."""
    numbers = (weights.clamp(0, 1) * 65535).round().to(torch.int32).numpy()
    return base64.b64encode(numbers.astype("<u2").tobytes()).decode()


def _picture(weights: Tensor, state: dict[str, Any]) -> Picture:
    """All heads of the layer that is shown at first, and the head that is enlarged."""
    tokens, layer, head = state["tokens"], state["layer"], state["head"]
    count, length = weights.shape[1:3]
    rows = -(-count // _MAPS_IN_A_ROW)
    columns = min(count, _MAPS_IN_A_ROW)
    large = min(max(0.3 * length, 2.5), 6.0)
    fig = plt.figure(figsize=(1.05 * columns + large + 2, max(1.25 * rows, large + 1)))
    [[left, right]] = fig.subfigures(1, 2, squeeze=False, width_ratios=(1.05 * columns, large + 2))
    small = left.subplots(rows, columns, squeeze=False).flat
    for i, ax in enumerate(small):
        ax.set_axis_off()
        if i < count:
            ax.imshow(
                weights[layer, i].numpy(), cmap="cividis", vmin=0, vmax=1, interpolation="nearest"
            )
            ax.set_title(f"head {i}", fontsize=9, fontweight="bold" if i == head else "normal")
    of = f"layer {layer}, head {head}" if len(weights) > 1 else f"head {head}"
    heatmap(weights[layer, head], tokens, tokens, of, ax=right.subplots(), values=False)
    heaviest = (
        f"{query} to {tokens[int(row.argmax())]} {row.max():.2f}"
        for query, row in zip(tokens, weights[layer, head], strict=True)
    )
    return show(
        fig,
        f"Attention maps of {count} heads, {of} enlarged. Each query of it and its heaviest key: "
        + "; ".join(heaviest)
        + ".",
        "",
    )
