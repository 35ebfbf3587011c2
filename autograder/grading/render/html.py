"""Verdicts as HTML, for notebooks, feedback and reports."""

from __future__ import annotations

from collections.abc import Sequence

from ..verdict import ExerciseVerdict
from . import looks
from .shown import shown_checks
from .wording import ALSO, CALLED, FLAGGED, INPUTS, SAME, SEARCH_ENDED, STATUS

# Compiled where this module is imported: the workers of a class are forked after that.
_EXERCISE = looks.template("exercise")
_FEW_LINES = 6  # of numbers; more are folded away
_NOTICES = looks.template("notices")


def exercise_html(verdict: ExerciseVerdict) -> str:
    """A verdict for a notebook or for feedback."""
    return _EXERCISE.render(
        verdict=verdict,
        status=STATUS[verdict.status],
        checks=shown_checks(verdict),
        also=ALSO,
        flagged=FLAGGED,
        same=SAME,
        search_ended=SEARCH_ENDED,
        called=CALLED,
        inputs=INPUTS,
        few=_FEW_LINES,
    )


def notices_html(notices: Sequence[str]) -> str:
    """What was odd about a submission."""
    return _NOTICES.render(notices=notices)
