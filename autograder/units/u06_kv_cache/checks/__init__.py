"""Checks of unit 06: rotary positions, the cache, attention that continues, the bytes it costs."""

from . import cache, cache_bytes, module, rotary

__all__ = ["rotary", "cache", "module", "cache_bytes"]
