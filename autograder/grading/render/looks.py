"""How all HTML of the autograder is made: from the templates beside this file.

Whatever a template shows is cleaned of control characters and escaped here, so neither can be
forgotten; a value that a template names and nobody gives it is an error. Colours, fonts and
distances are in ``templates/style.html.jinja``. They go into the elements themselves, because
notebooks, nbgrader's feedback and formgrader keep neither classes nor style sheets.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from .safe import html, printable
from .wording import number, replaced

_EMPHASIS = re.compile(r"(?<![\w*])\*([^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])")


class _CleanTemplate(Template):
    def render(self, *args: Any, **kwargs: Any) -> str:
        # All of it at once: a call for each value would take longer than the rest.
        return printable(super().render(*args, **kwargs))


def _prose(text: str) -> Markup:
    """Our own prose as HTML: `code` in backticks becomes code, *words* are emphasised."""
    parts = re.split("`([^`]+)`", str(html(text)))
    parts[::2] = [_EMPHASIS.sub(r"<em>\1</em>", each) for each in parts[::2]]
    parts[1::2] = [f"<code>{each}</code>" for each in parts[1::2]]
    return Markup("".join(parts))


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_environment.template_class = _CleanTemplate
_environment.filters |= {"number": number, "prose": _prose, "replaced": replaced}


def template(name: str) -> Template:
    """The template ``templates/NAME.html.jinja``; it is compiled once in a process."""
    return _environment.get_template(f"{name}.html.jinja")


def page(path: Path) -> Template:
    """A page whose template lies elsewhere."""
    return _environment.from_string(path.read_text(encoding="utf-8"))


_environment.globals["style"] = template("style").module
