"""Misconceptions of ``predict_role``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.misconceptions.wrappers import returns

_ROLES = {
    "A": "induction",
    "B": "first",
    "C": "itself",
    "D": "duplicate",
    "E": "previous",
    "F": "spread",
}


def _says(**roles):
    """The right answer but for these pictures; it fails at the first of them."""
    pieces = [
        text
        for name, role in roles.items()
        for text in (f'"{name}": "{_ROLES[name]}"', f'"{name}": "{role}"')
    ]
    return edit(*pieces, fails=f"role_of_{next(iter(roles))}")


def _confused(a, b):
    """Two pictures with each other's roles, and both with the role of one of them."""
    return [_says(**{a: _ROLES[b], b: _ROLES[a]}), _says(**{a: _ROLES[b]}), _says(**{b: _ROLES[a]})]


misconception(
    "copy_and_what_followed",
    says="the earlier copy of a token and what came after that copy are taken for each other",
    asks="The second `owls`: does it look at the first `owls`, or at the token behind it?",
    predict_role=_confused("A", "D"),
)
misconception(
    "itself_and_previous",
    says="a token's own place and the place before it are taken for each other",
    asks="Which square of row `fox` lies on the diagonal: that of `fox`, or that of `red`?",
    predict_role=_confused("C", "E"),
)
misconception(
    "itself_and_its_copy",
    says="a token's own place and that of its earlier copy are taken for each other",
    asks="Both are called `owls`. Is the bright square in the first half, or in the second?",
    predict_role=_confused("C", "D"),
)
misconception(
    "any_bright_first_column",
    says="a picture is said to look at the first token since its first column is bright in places",
    asks="Where do the rows of the second half look? Is that the first column, too?",
    predict_role=[
        *_confused("A", "B"),
        *_confused("D", "B"),
        _says(A="first", D="first"),
    ],
)
misconception(
    "any_line_for_previous",
    says="a line that does not lie next to the diagonal is taken for that of the token just before",
    asks="How many places left of the diagonal does that line lie?",
    predict_role=[*_confused("A", "E"), *_confused("D", "E")],
)
misconception(
    "first_and_spread",
    says="all on one token, and a little on every token, are taken for each other",
    asks="Every row adds up to 1. Is that one bright square, or are there many faint ones?",
    predict_role=_confused("B", "F"),
)
misconception(
    "itself_and_spread",
    says="a bright diagonal and a faint triangle are taken for each other",
    asks="How much does the last row of each of the two give to its own token?",
    predict_role=_confused("C", "F"),
)
misconception(
    "roles_as_names",
    says="the dictionary is turned round: it leads from roles to pictures",
    asks="Which of the two does the task look up, a picture or a role?",
    predict_role=returns("{role: name for name, role in output.items()}", "every_role_once"),
)
misconception(
    "descriptions_for_names",
    says="the roles are described in words, not given by their names",
    asks="Which of the two columns of ROLES holds the names?",
    predict_role=returns("{name: ROLES[role] for name, role in output.items()}", "every_role_once"),
)
