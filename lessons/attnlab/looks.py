"""How what is no figure of matplotlib's looks in a notebook: from the templates beside this file.

Whatever a template shows is escaped, and a value that it names and nobody gives it is an error.
"""

import functools
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def page(name: str, **values: object) -> str:
    """The template ``templates/NAME.html.jinja`` with these values, as HTML."""
    return _environment().get_template(f"{name}.html.jinja").render(values)


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
