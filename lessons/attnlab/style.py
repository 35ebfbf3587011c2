"""One look for all figures of the course."""

import matplotlib as mpl
from cycler import cycler

COLOURS = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "yellow": "#E69F00",
    "sky": "#56B4E9",
    "black": "#000000",
}
"""Colours that stay apart for colour-blind readers (Okabe and Ito)."""


def use_style() -> None:
    """Set matplotlib's defaults for the course. The backend is left as it is."""
    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 3.6),
            "figure.constrained_layout.use": True,
            "figure.facecolor": "white",
            "font.size": 11,
            "axes.titlesize": 12,
            "axes.labelsize": 11,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(
                color=list(COLOURS.values())[:6], linestyle=["-", "--", "-.", ":", "-", "--"]
            ),
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "legend.fontsize": 10,
            "legend.frameon": False,
            "lines.linewidth": 2,
            "lines.markersize": 6,
            "image.cmap": "cividis",
            "hatch.linewidth": 0.8,
        }
    )
