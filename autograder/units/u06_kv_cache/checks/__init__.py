"""Checks of unit 06: rotary positions, the cache, attention that continues, and what it costs."""

from . import cache, cache_bytes, module, rotary, which_model

__all__ = ["rotary", "cache", "module", "cache_bytes", "which_model"]
