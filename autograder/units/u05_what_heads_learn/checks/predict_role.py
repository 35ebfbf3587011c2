"""Checks of predict_role, on the pictures of the notebook."""

from __future__ import annotations

from typing import Any

from autograder import course
from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student

_UNIT = "05_what_heads_learn"
_PICTURES = "ABCDEF"
_ROLES = ("first", "itself", "previous", "spread", "duplicate", "induction")
# What a head of each role would show: said where a picture is given a role that is not its own.
_WOULD = {
    "first": "A head that looks at the very first token is bright in the first column in every row",
    "itself": "A head that looks at its own token is bright from corner to corner, on the diagonal",
    "previous": "A head that looks at the token just before is bright one place left of the "
    "diagonal, in both halves alike",
    "spread": "A head that shares its attention out has no bright place in any later row",
    "duplicate": "A head that looks at earlier copies is bright there in the second half, in the "
    "column of the same word",
    "induction": "A head that looks at what came after an earlier copy is bright there in the "
    "second half, in the column of the word that followed",
}
# A row of each picture, in the second half of the text, where that can be seen not to be so.
_ROW = {"A": 10, "B": 12, "C": 9, "D": 12, "E": 9, "F": 12}


def _notebook(name: str) -> Any:
    """What the set-up of the notebook calls by this name."""
    return course.reference_namespace(_UNIT)[name]


def _why_not(name: str, role: str) -> str:
    """Why the head of a picture has not this role."""
    row = _ROW[name]
    most = _notebook("PICTURES")[name][row].max().item()
    word = _notebook("TOKENS")[row]
    return (
        f"{_WOULD[role]}. In picture {name}, row `{word}` of the second half gives {most:.2f} to "
        "one token, and no other gets more: which one?"
    )


def _roles(student: Student) -> dict[Any, Any]:
    """What the learner says of the pictures."""
    says = student.predict_role(_notebook("PICTURES"))
    return expect.dictionary(says, "There should be a dictionary from pictures to roles.")


def _role(says: dict[Any, Any], name: str) -> str:
    """The role that one picture was given."""
    expect.part(name in says, f"There is no {name!r} in the dictionary.")
    role = says[name]
    is_known = isinstance(role, str) and role in _ROLES
    if not is_known:
        expect.seen(role[:80] if isinstance(role, str) else expect.kind_of(role))
    names = ", ".join(_ROLES)
    expect.true(is_known, f"{name!r} should have one of the names in ROLES: {names}. It has none.")
    expect.seen(role)
    return role


@check(
    "predict_role",
    "every picture has a role, and every role one picture",
    "Which role have you used twice, and which not at all?",
)
def every_role_once(student: Student, reference: Student, draw: Draw) -> None:
    says = _roles(student)
    roles = [_role(says, name) for name in _PICTURES]
    twice = [role for role in _ROLES if roles.count(role) > 1]
    expect.true(not twice, f"{' and '.join(twice)}: given to more than one picture.")


def _register(name: str) -> None:
    def has_its_role(student: Student, reference: Student, draw: Draw) -> None:
        want = _roles(reference)[name]
        role = _role(_roles(student), name)
        expect.true(role == want, _why_not(name, role))

    has_its_role.__name__ = f"role_of_{name}"
    asks = (
        "Take a row of the second half. Which token is bright, and how do the two belong together?"
    )
    check("predict_role", f"picture {name} has its role", asks)(has_its_role)


for _name in _PICTURES:
    _register(_name)
