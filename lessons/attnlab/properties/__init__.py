"""Eight properties for anyone's attention: see ``docs/properties.md``.

Each gives a ``Verdict``, true or false, with the smallest counterexample; ``.expect()`` raises.
"""

from .adapters import Heads, Session, Tokens, Vectors
from .caching import (
    chunks_equal_the_whole,
    manipulated_cache_equals_fresh,
    unwritten_slots_are_irrelevant,
)
from .paths import masked_content_is_irrelevant, paths_agree
from .sequences import (
    causality,
    documents_are_isolated,
    padding_changes_nothing,
    rows_are_independent,
)
from .verdict import (
    Case,
    Cases,
    Counterexample,
    Mismatch,
    PropertyViolated,
    Verdict,
)

__all__ = [
    "Case",
    "Cases",
    "Counterexample",
    "Heads",
    "Mismatch",
    "PropertyViolated",
    "Session",
    "Tokens",
    "Vectors",
    "Verdict",
    "causality",
    "chunks_equal_the_whole",
    "documents_are_isolated",
    "manipulated_cache_equals_fresh",
    "masked_content_is_irrelevant",
    "padding_changes_nothing",
    "paths_agree",
    "rows_are_independent",
    "unwritten_slots_are_irrelevant",
]
