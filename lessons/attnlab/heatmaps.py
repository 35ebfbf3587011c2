"""Heat maps of attention weights: one row for each query, one column for each key."""

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike

from attnlab.figures import Picture, show

MAX_NUMBERED_CELLS = 150
MAX_NUMBERED_COLUMNS = 12
MAX_TICKS = 20
MAX_CELL = 0.55  # inches
MAX_WIDTH = 11.0
MARGIN = 1.3  # inches beside a panel, for its names and label
LETTER = 0.105  # inches, the width of a letter in a title
DIGIT = 0.062  # inches, the width of a character of a number in a cell
TITLE_LINE = 0.22  # inches, the height of a line of a title
Numbers = ArrayLike | torch.Tensor


def _array(values: Numbers) -> np.ndarray:
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu().double()
    return np.asarray(values, dtype=float)


def _matrix(weights: Numbers) -> np.ndarray:
    array = _array(weights)
    if array.ndim != 2:
        raise ValueError(
            f"heatmap draws one (L_q, L_k) matrix, but weights has shape {array.shape}: "
            "choose one sequence (and one head) first, for example weights[0]."
        )
    if not array.size:
        raise ValueError(f"weights has shape {array.shape}: there is nothing to draw.")
    return array


def _allowed(mask: Numbers | None, shape: tuple[int, ...]) -> np.ndarray:
    """Where attention is allowed, as a boolean matrix; everywhere if there is no mask."""
    allowed = np.array(True) if mask is None else _array(mask).astype(bool)
    try:
        return np.broadcast_to(allowed, shape)
    except ValueError:
        raise ValueError(
            f"a mask of shape {allowed.shape} does not broadcast to weights of shape {shape}."
        ) from None


def _names(names: Sequence[str] | None, length: int, what: str) -> list[str]:
    if names is None:
        return [str(i) for i in range(length)]
    if len(names) != length:
        raise ValueError(f"{len(names)} names for {length} {what}: {list(names)}")
    return [str(name) for name in names]


def _number(value: float, digits: int) -> str:
    return f"{round(value, digits) + 0.0:.{digits}f}"


def _describe(weights: np.ndarray, queries: list[str], title: str, digits: int) -> str:
    """Alternative text made of the numbers themselves, if they are few."""
    start = f"Heat map {title!r}" if title else "Heat map"
    if weights.size > MAX_NUMBERED_CELLS:
        return f"{start}, {weights.shape[0]} queries by {weights.shape[1]} keys."
    rows = (
        f"{query}: " + " ".join(_number(value, digits) for value in row)
        for query, row in zip(queries, weights, strict=True)
    )
    return f"{start}, rows are queries, columns are keys. " + "; ".join(rows) + "."


def _draw_cells(
    ax: Axes,
    weights: np.ndarray,
    allowed: np.ndarray,
    image: AxesImage,
    values: bool,
    digits: int,
) -> None:
    """Grey hatching for cells that may not be attended to, and a number in every cell."""
    for (row, column), value in np.ndenumerate(weights):
        blocked = not allowed[row, column]
        if blocked or not np.isfinite(value):
            ax.add_patch(
                Rectangle(
                    (column - 0.5, row - 0.5),
                    1,
                    1,
                    facecolor="0.85",
                    edgecolor="0.55",
                    hatch="///" if blocked else None,
                    lw=0,
                )
            )
        if not values:
            continue
        red, green, blue, _ = image.cmap(image.norm(value))
        dark = np.isfinite(value) and not blocked and 0.3 * red + 0.6 * green + 0.1 * blue < 0.5
        box = {"facecolor": "0.85", "edgecolor": "none", "pad": 1} if blocked else None
        ax.text(
            column,
            row,
            _number(value, digits),
            ha="center",
            va="center",
            fontsize=9,
            color="white" if dark else "black",
            bbox=box,
        )


def _draw(
    ax: Axes,
    weights: np.ndarray,
    queries: Sequence[str] | None,
    keys: Sequence[str] | None,
    title: str,
    mask: Numbers | None,
    values: bool,
    limits: tuple[float, float] | None,
    digits: int,
) -> None:
    allowed = _allowed(mask, weights.shape)
    finite = weights[np.isfinite(weights) & allowed]
    if limits is None:
        # Equal numbers have no scale of their own: a mask of ones would be drawn as if of zeros.
        spread = finite.size and finite.min() < finite.max()
        limits = (finite.min(), finite.max()) if spread else (0, 1)
    image = ax.imshow(
        np.where(np.isfinite(weights), weights, np.nan),
        cmap="cividis",
        vmin=limits[0],
        vmax=limits[1],
        aspect="equal",
        interpolation="nearest",
    )
    small = weights.size <= MAX_NUMBERED_CELLS and weights.shape[1] <= MAX_NUMBERED_COLUMNS
    _draw_cells(ax, weights, allowed, image, values and small, digits)
    for spine in ax.spines.values():
        spine.set_visible(False)
    rows, columns = weights.shape
    _label(ax, _names(queries, rows, "queries"), _names(keys, columns, "keys"), title)


def _label(ax: Axes, queries: list[str], keys: list[str], title: str) -> None:
    turned = max(map(len, keys)) > 3
    across, down = (-(-len(names) // MAX_TICKS) for names in (keys, queries))
    ax.set_xticks(range(0, len(keys), across), keys[::across], rotation=45 if turned else 0)
    if turned:
        plt.setp(ax.get_xticklabels(), ha="right", rotation_mode="anchor")
    ax.set_yticks(range(0, len(queries), down), queries[::down])
    ax.tick_params(length=0)
    ax.set_xlabel("key (attended to)")
    ax.set_ylabel("query (attending)")
    ax.set_title(title)


def _cell_size(matrices: Sequence[np.ndarray]) -> float:
    """Inches: cells as large as fit into MAX_WIDTH, at most MAX_CELL."""
    columns = _columns(matrices)
    room = MAX_WIDTH - MARGIN * len(columns) - 0.6
    return min(MAX_CELL, room / sum(columns), MAX_WIDTH / 2 / max(columns))


def _fits(matrices: Sequence[np.ndarray], digits: int) -> bool:
    """Whether the longest number fits into a cell."""
    finite = [np.where(np.isfinite(matrix), matrix, 0) for matrix in matrices]
    ends = [end for matrix in finite for end in (matrix.min(), matrix.max())]
    longest = max(len(_number(end, digits)) for end in ends)
    return longest * DIGIT <= _cell_size(matrices)


def _columns(matrices: Sequence[np.ndarray]) -> list[int]:
    return [max(matrix.shape[1], 4) for matrix in matrices]


def _wrap(title: str, inches: float) -> str:
    return textwrap.fill(title, max(int(inches / LETTER), 8))


def _layout(panels: Mapping[str, np.ndarray]) -> tuple[tuple[float, float], list[str]]:
    """Figure size in inches, and the panels' titles in lines short enough not to meet."""
    matrices = list(panels.values())
    columns, cell = _columns(matrices), _cell_size(matrices)
    names = [
        _wrap(name, cell * count + 0.8 * MARGIN)
        for name, count in zip(panels, columns, strict=True)
    ]
    rows = max(max(len(matrix) for matrix in matrices), 3)
    lines = max(name.count("\n") for name in names)
    width = cell * sum(columns) + MARGIN * len(columns) + 0.6
    return (width, cell * rows + 1.5 + TITLE_LINE * lines), names


def _set_title_above(fig: Figure, title: str) -> None:
    """A title over all panels; the layout's own would run into panel titles of several lines."""
    fig.draw_without_rendering()
    fig.set_layout_engine("none")
    box = Bbox.union([extent for ax in fig.axes if (extent := ax.get_tightbbox())])
    x, y = fig.transFigure.inverted().transform(((box.x0 + box.x1) / 2, box.y1 + 0.08 * fig.dpi))
    fig.suptitle(_wrap(title, box.width / fig.dpi), x=x, y=y, va="bottom", fontsize=12)


def heatmap(
    weights: Numbers,
    queries: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    title: str = "",
    alt: str = "",
    ax: Axes | None = None,
    mask: Numbers | None = None,
    values: bool = True,
    limits: tuple[float, float] | None = (0.0, 1.0),
    digits: int = 2,
    caption: str | None = None,
) -> Picture | None:
    """An attention heat map: rows are queries, columns are keys, colours from 0 to 1.

    `weights` is one matrix `(L_q, L_k)`, a tensor or nested lists; `queries` and `keys` name
    its rows and columns (numbers if left out). `mask` is boolean, broadcasts to `(L_q, L_k)`
    and has the course's meaning, True = may attend: the other cells are grey and hatched.
    `values` writes the numbers into the cells, with `digits` decimals, when there are few
    enough and they fit. `limits` are the numbers at the ends of the colour scale; None takes
    them from the data (scores are not between 0 and 1). Infinite and NaN cells are plain grey.

    Without `ax` a `Picture` is returned; an empty `alt` then lists the numbers themselves.
    With `ax` the map is drawn there and nothing is returned. Raises ValueError if `weights`
    is not a matrix or the names do not fit it.
    """
    if ax is not None:
        _draw(ax, _matrix(weights), queries, keys, title, mask, values, limits, digits)
        return None
    return heatmaps(
        {title: weights},
        queries,
        keys,
        alt=alt,
        mask=mask,
        values=values,
        limits=limits,
        digits=digits,
        caption=caption,
    )


def heatmaps(
    panels: Mapping[str, Numbers],
    queries: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    title: str = "",
    alt: str = "",
    mask: Numbers | Mapping[str, Numbers] | None = None,
    values: bool = True,
    limits: tuple[float, float] | None = (0.0, 1.0),
    digits: int = 2,
    caption: str | None = None,
) -> Picture:
    """Heat maps side by side, for example the right one and the wrong one.

    `panels` maps the title of each panel to its `(L_q, L_k)` matrix. `mask` is one mask for
    all panels, or a mapping from panel titles to masks. The rest is as in `heatmap`, the same
    for all panels. An empty `alt` lists the numbers of every panel.
    """
    matrices = {name: _matrix(weights) for name, weights in panels.items()}
    values = values and _fits(list(matrices.values()), digits)
    size, names = _layout(matrices)
    # "compressed" is the constrained layout that knows of cells that must stay square: the plain
    # one makes room as if they filled the figure, and pushes labels over its edge.
    fig, axes = plt.subplots(1, len(panels), figsize=size, squeeze=False, layout="compressed")
    try:
        for ax, (name, matrix), shown in zip(axes[0], matrices.items(), names, strict=True):
            panel_mask = mask.get(name) if isinstance(mask, Mapping) else mask
            _draw(ax, matrix, queries, keys, shown, panel_mask, values, limits, digits)
    except ValueError:
        plt.close(fig)
        raise
    if limits is not None or len(panels) == 1:
        fig.colorbar(axes[0, -1].images[0], ax=list(axes[0]), shrink=0.8, pad=0.02)
    if title:
        _set_title_above(fig, title)
    if not alt:
        alt = " ".join(
            _describe(matrix, _names(queries, len(matrix), "queries"), name, digits)
            for name, matrix in matrices.items()
        )
    return show(fig, alt, caption)
