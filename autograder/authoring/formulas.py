"""Formulas as MathML, which browsers draw by themselves: no MathJax, no network."""

from __future__ import annotations

import html
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element

_LONGEST = 2000  # characters of a formula
# What a formula could lead elsewhere by, or cover the page with.
_LEFT_OUT = ("href", "style", "class", "id")


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
