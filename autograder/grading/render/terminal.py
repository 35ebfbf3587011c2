"""What the command line says: in colour on a terminal, as plain text anywhere else.

Nothing is read as markup and nothing is wrapped or cut, so text of any origin may be said.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .safe import printable
from .wording import Role, Styled, plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

# Colours apart for colour-blind readers, and legible on black and on white.
STYLES: dict[Role, str] = {
    "": "",
    "title": "bold",
    "passed": "bright_blue",
    "failed": "red",
    "flag": "magenta",
    "diagnosis": "bold",
    "asks": "italic",
}


def say(*lines: Styled) -> None:
    """Print lines."""
    if not sys.stdout.isatty():
        print(plain(lines), flush=True)
        return
    console = _console()
    for line in lines:
        console.print(_text(line), soft_wrap=True)


def say_table(header: Sequence[str], rows: Sequence[tuple[Role, Sequence[str]]], text: str) -> None:
    """Print a table.

    Args:
        header: the names of the columns, for a terminal.
        rows: the role of each row and its cells, for a terminal.
        text: the table as plain text, printed anywhere else.
    """
    if not sys.stdout.isatty():
        print(text, flush=True)
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=STYLES["title"])
    for name in header:
        table.add_column(name, no_wrap=True)
    for role, cells in rows:
        table.add_row(*(_text(Styled(cell, role)) for cell in cells))
    console = _console()
    unlimited = console.options.update(width=sys.maxsize)
    console.width = max(console.width, console.measure(table, options=unlimited).maximum)
    console.print(table)


def _console() -> Console:
    # Takes 20 ms to import.
    from rich.console import Console

    return Console()


def _text(line: Styled) -> Text:
    from rich.text import Text

    return Text(printable(line.text), STYLES[line.role])
