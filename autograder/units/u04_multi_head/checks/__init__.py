"""Checks of unit 04: splitting and merging heads, all heads at once, weights carried over."""

from . import conversion, einsum, module, splitting

__all__ = ["splitting", "module", "einsum", "conversion"]
