"""Sphinx makes the site; its settings are here, its pages in ``pages``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from docutils.nodes import Element, SkipNode

from ... import course
from ...course import CourseError
from ..formulas import mathml
from . import pages

_FILES = Path(__file__).parent / "files"
_STATIC = ("book.css", "book.js", "favicon.svg")
_SETTINGS = {
    "project": "Attention heads",
    "author": "The attention heads course authors",
    "extensions": ["myst_nb", __name__],
    # What the lessons' notebooks hold was made when they were built.
    "nb_execution_mode": "off",
    "nb_merge_streams": True,
    # No scripts from elsewhere: no lesson keeps a widget that would want them.
    "nb_ipywidgets_js": {},
    "myst_enable_extensions": ["dollarmath"],
    "myst_heading_anchors": 3,
    "html_math_renderer": "mathml",
    "html_theme": "sphinx_book_theme",
    "html_title": "Attention heads",
    "html_static_path": ["_static"],
    "html_favicon": "_static/favicon.svg",
    "html_css_files": ["book.css"],
    "html_js_files": ["book.js"],
    "html_show_sphinx": False,
    "html_context": {"default_mode": "auto"},
}
_THEME = {
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "use_download_button": False,
    "use_fullscreen_button": False,
    # One search, that of the sidebar.
    "navbar_persistent": [],
}


def write(folder: Path, explanations: bool = True) -> None:
    """Build the book.

    Args:
        folder: where to; what an earlier build left there is replaced.
        explanations: whether it has the pages that explain the solutions.

    Raises:
        CourseError: the folder holds something else, or Sphinx warns of something.
    """
    course.needs_sources()
    if folder.exists() and any(folder.iterdir()) and not (folder / ".buildinfo").exists():
        raise CourseError(f"{folder} holds something that is no book: name another folder")
    with tempfile.TemporaryDirectory() as scratch:
        sources, made = Path(scratch) / "sources", Path(scratch) / "made"
        pages.lay_out(sources, explanations)
        (sources / "_static").mkdir()
        for name in _STATIC:
            shutil.copy(_FILES / name, sources / "_static")
        _build(sources, made)
        # GitHub Pages would leave out the folders that begin with an underscore.
        (made / ".nojekyll").touch()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)


def _build(sources: Path, made: Path) -> None:
    from sphinx.application import Sphinx
    from sphinx.util.console import nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    if not sys.stderr.isatty():
        nocolor()
    settings = _SETTINGS | {"html_theme_options": _THEME | _of_repository(pages.repository())}
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            sources,
            None,
            made,
            made.with_name("kept"),
            "html",
            settings,
            status=None,
            warning=sys.stderr,
            warningiserror=True,
        )
        app.build()
    if app.statuscode:
        raise CourseError("the book is not built; what is above says why")


def _of_repository(address: str) -> dict[str, Any]:
    """Buttons that lead to the repository, and from a lesson to Colab, which knows GitHub."""
    if not address.startswith("https://github.com/"):
        return {}
    return {
        "repository_url": address,
        "repository_branch": "main",
        "use_repository_button": True,
        "launch_buttons": {"colab_url": "https://colab.research.google.com"},
    }


def setup(app: Any) -> None:
    """Tell Sphinx how formulas are drawn."""
    app.add_html_math_renderer("mathml", (_draw, None), (_draw, None))


def _draw(translator: Any, node: Element) -> None:
    """Write a formula as MathML; one that cannot be read stops the book."""
    is_block = node.tagname == "math_block"
    formula = mathml(node.astext(), "block" if is_block else "inline")
    if not formula:
        raise CourseError(f"{node.astext()!r} is no formula that latex2mathml can read")
    translator.body.append(f'<div class="formula">{formula}</div>' if is_block else formula)
    raise SkipNode
