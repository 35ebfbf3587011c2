"""Formulas of Markdown as MathML in nbgrader's pages: no MathJax, no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from ..authoring.formulas import mathml

# A folder for ``JUPYTER_PATH``. A template in it goes before nbconvert's, which would ask another
# machine for MathJax.
SHARE = Path(__file__).parent / "share"


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
