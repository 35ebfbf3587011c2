"""Small tables: HTML in a notebook, aligned text elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real

from attnlab import looks


class Table:
    """Rows of text under headers. Built by `table`."""

    def __init__(self, rows: list[list[str]], headers: list[str], caption: str | None):
        self.rows = rows
        self.headers = headers
        self.caption = caption

    def __repr__(self) -> str:
        lines = [self.headers, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        ]
        return "\n".join([self.caption, *text] if self.caption else text)

    def _repr_html_(self) -> str:
        return looks.page("table", caption=self.caption, headers=self.headers, rows=self.rows)


def _text(cell: object) -> str:
    if hasattr(cell, "item"):
        cell = cell.item()
    if isinstance(cell, Real) and not isinstance(cell, (bool, int)):
        return f"{cell:.4g}"
    return str(cell)


def table(
    rows: Iterable[Sequence[object]] | Mapping[str, Sequence[object]],
    headers: Sequence[str] | None = None,
    caption: str | None = None,
) -> Table:
    """A table to end a cell with. Floats and 0-d tensors are shown with four digits.

    Either rows and headers, `table([("a", 1), ("b", 2)], ["name", "size"])`, or columns under
    their headers, `table({"name": ["a", "b"], "size": [1, 2]})`. A 1-d tensor is a column too.

    Raises ValueError if a row has more or fewer cells than there are headers, or the columns
    are not equally long.
    """
    if isinstance(rows, Mapping):
        headers = list(rows)
        rows = zip(*rows.values(), strict=True)
    if headers is None:
        raise ValueError("table() needs headers for its rows, or a mapping from headers to columns")
    cells = [[_text(cell) for cell in row] for row in rows]
    for number, row in enumerate(cells):
        if len(row) != len(headers):
            raise ValueError(f"row {number} has {len(row)} cells for {len(headers)} headers")
    return Table(cells, list(headers), caption)
