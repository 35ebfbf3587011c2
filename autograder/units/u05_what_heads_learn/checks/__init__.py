"""Checks of unit 05: pictures of heads, scores that find them, and heads switched off."""

from . import dependency, gates, induction, predict_role, scores, similarity

__all__ = ["predict_role", "scores", "induction", "dependency", "gates", "similarity"]
