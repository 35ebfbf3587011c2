"""Checks of CachedAttention."""

from autograder.units.shared import cached_module

cached_module.register(cached_module.Variant("CachedAttention", grouped=False))
