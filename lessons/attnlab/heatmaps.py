"""Heat maps of attention weights: one row for each query, one column for each key."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from attnlab.figures import Picture, show

MAX_NUMBERED_CELLS = 150
MAX_NUMBERED_COLUMNS = 12
MAX_TICKS = 20
MAX_CELL = 0.55  # inches
MAX_WIDTH = 11.0


def _matrix(values, what: str) -> np.ndarray:
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu()
        values = values if values.dtype == torch.bool else values.double()
    array = np.asarray(values)
    if array.ndim != 2:
        raise ValueError(
            f"heatmap draws one (L_q, L_k) matrix, but {what} has shape {array.shape}: "
            "choose one sequence (and one head) first, for example weights[0]."
        )
    return array if array.dtype == bool else array.astype(float)


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


def _draw_cells(ax, weights, allowed, image, values, digits) -> None:
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


def _draw(ax: Axes, weights, queries, keys, title, mask, values, limits, digits) -> np.ndarray:
    weights = _matrix(weights, "weights")
    allowed = np.ones(weights.shape, dtype=bool)
    if mask is not None:
        allowed = np.broadcast_to(_matrix(mask, "mask").astype(bool), weights.shape)
    finite = weights[np.isfinite(weights) & allowed]
    if limits is None:
        limits = (finite.min(), finite.max()) if finite.size else (0, 1)
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
    _label(ax, weights.shape, queries, keys, title)
    return weights


def _label(ax: Axes, shape, queries, keys, title) -> None:
    queries = _names(queries, shape[0], "queries")
    keys = _names(keys, shape[1], "keys")
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


def _figure_size(matrices, has_title: bool) -> tuple[float, float]:
    """Width and height in inches: cells as large as fit into MAX_WIDTH, at most MAX_CELL."""
    columns = [max(matrix.shape[1], 4) for matrix in matrices]
    rows = max(max(matrix.shape[0] for matrix in matrices), 3)
    margins = 1.3 * len(columns) + 0.6
    cell = min(MAX_CELL, (MAX_WIDTH - margins) / sum(columns), MAX_WIDTH / 2 / max(columns))
    return cell * sum(columns) + margins, cell * rows + 1.5 + 0.3 * has_title


def heatmap(
    weights,
    queries: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    title: str = "",
    alt: str = "",
    ax: Axes | None = None,
    mask=None,
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
    enough. `limits` are the numbers at the ends of the colour scale; None takes them from
    the data (scores are not between 0 and 1). Infinite and NaN cells are plain grey.

    Without `ax` a `Picture` is returned; an empty `alt` then lists the numbers themselves.
    With `ax` the map is drawn there and nothing is returned. Raises ValueError if `weights`
    is not a matrix or the names do not fit it.
    """
    if ax is not None:
        _draw(ax, weights, queries, keys, title, mask, values, limits, digits)
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
    panels: Mapping[str, object],
    queries: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    title: str = "",
    alt: str = "",
    mask=None,
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
    matrices = {name: _matrix(weights, "weights") for name, weights in panels.items()}
    size = _figure_size(list(matrices.values()), bool(title))
    fig, axes = plt.subplots(1, len(panels), figsize=size, squeeze=False)
    for ax, (name, matrix) in zip(axes[0], matrices.items(), strict=True):
        panel_mask = mask.get(name) if isinstance(mask, Mapping) else mask
        _draw(ax, matrix, queries, keys, name, panel_mask, values, limits, digits)
    if limits is not None or len(panels) == 1:
        fig.colorbar(axes[0, -1].images[0], ax=list(axes[0]), shrink=0.8, pad=0.02)
    if title:
        fig.suptitle(title, fontsize=12)
    if not alt:
        alt = " ".join(
            _describe(matrix, _names(queries, len(matrix), "queries"), name, digits)
            for name, matrix in matrices.items()
        )
    return show(fig, alt, caption)
