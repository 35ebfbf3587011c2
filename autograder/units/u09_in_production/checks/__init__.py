"""Checks of unit 09."""

from . import (
    cache_test,
    canary,
    capacity,
    causality_test,
    changes,
    choice,
    config,
    health,
    incidents,
)

__all__ = [
    "changes",
    "config",
    "capacity",
    "choice",
    "health",
    "canary",
    "incidents",
    "causality_test",
    "cache_test",
]
