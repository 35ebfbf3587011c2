"""Formulas of Markdown as MathML, which browsers draw by themselves: no MathJax, no network."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from jinja2 import pass_context
from latex2mathml.converter import convert_to_element
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

# A folder for ``JUPYTER_PATH``. A template in it goes before nbconvert's, which would ask another
# machine for MathJax.
SHARE = Path(__file__).parent / "share"
_LONGEST = 2000  # characters of a formula
# What a formula could lead elsewhere by, or cover the page with.
_LEFT_OUT = ("href", "style", "class", "id")


class _Renderer(IPythonRenderer):
    def block_math(self, body: str) -> str:
        return mathml(body, "block") or super().block_math(body)

    def inline_math(self, body: str) -> str:
        return mathml(body, "inline") or super().inline_math(body)


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """nbconvert's filter of this name, with MathML for formulas."""
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = _Renderer(escape=False, attachments=attachments)
    return MarkdownWithMath(renderer=renderer).render(source)


def mathml(tex: str, display: str) -> str:
    """A formula of TeX as MathML.

    Args:
        tex: the formula, whoever wrote it.
        display: ``block`` or ``inline``.

    Returns:
        The element, or nothing where the formula cannot be read or is very long.
    """
    if len(tex) > _LONGEST:
        return ""
    try:
        formula = convert_to_element(tex, display=display)
        for part in formula.iter():
            part.text = part.text and html.unescape(part.text)
            for name in _LEFT_OUT:
                part.attrib.pop(name, None)
        return ElementTree.tostring(formula, encoding="unicode")
    except Exception:  # of what a person may write, not all is TeX
        return ""
