"""Checks of unit 07: shared KV heads, their cost, and weights carried over."""

from . import costs, expansion, grouped_attention, module, pooling

__all__ = ["expansion", "grouped_attention", "module", "pooling", "costs"]
