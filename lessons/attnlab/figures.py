"""Figures that keep their alternative text in every viewer."""

import base64
import io
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from attnlab import looks

DPI = 110


class Picture:
    """A PNG with its alternative text: a `<figure>` in a notebook, the text elsewhere."""

    def __init__(self, png: bytes, alt: str, caption: str):
        self.png = png
        self.alt = alt
        self.caption = caption

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png).decode("ascii")
        return looks.page("picture", alt=self.alt, caption=self.caption, data=data)


def show(fig: Figure, alt: str, caption: str | None = None, machine: str | None = None) -> Picture:
    """Turn a matplotlib figure into a `Picture` and close it, so that it is drawn only once.

    `alt` says what the picture shows, with the numbers that matter; the caption under the
    picture is the same text unless `caption` is given. `machine` says what was measured on, in the
    picture's corner and after its text. Raises ValueError if `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("show() needs alt: a sentence with what the figure shows, in words.")
    if machine:
        fig.text(1, -0.02, machine, ha="right", va="top", fontsize=7.5, color="0.35")
        alt = f"{alt} Measured on: {machine}."
    buffer = io.BytesIO()
    # "tight" grows the picture to all that was drawn: no label is cut off at its edge.
    layout: dict[str, Any] = {"bbox_inches": "tight", "pad_inches": 0.06}
    fig.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None}, **layout)
    plt.close(fig)
    return Picture(buffer.getvalue(), alt, alt if caption is None else caption)
