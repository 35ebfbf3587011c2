"""Checks of which_model."""

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student

_KEPT_IN = (1, 2, 4)
# Values that a token takes in each of the models, as in their configuration files.
_VALUES = {
    "Llama-2-7B": 2 * 32 * 32 * 128,
    "Llama-2-70B": 2 * 80 * 8 * 128,
    "Llama-3-8B": 2 * 32 * 8 * 128,
    "Llama-3.2-1B": 2 * 16 * 8 * 64,
    "Gemma-2B": 2 * 18 * 1 * 256,
    "Gemma-7B": 2 * 28 * 16 * 256,
    "SmolLM2-135M": 2 * 30 * 3 * 64,
}
_BYTES = sorted({values * size for values in _VALUES.values() for size in _KEPT_IN})


def _pairs(student: Student, bytes_per_token: int) -> list[tuple[str, float | None]]:
    """The learner's pairs for so many bytes, sorted and on record."""
    got = student.which_model(bytes_per_token)
    call = f"which_model({bytes_per_token:,})"
    is_list = isinstance(got, (list, tuple)) and all(
        isinstance(each, (list, tuple)) and len(each) == 2 for each in got
    )
    if not is_list:
        expect.seen(expect.kind_of(got))
    expect.true(is_list, f"{call} should be a list of pairs (name, bytes of a value).")
    pairs = sorted(
        ((expect.as_text(name), expect.plain_number(size)) for name, size in got), key=repr
    )
    expect.seen(expect.as_text(pairs))
    return pairs


def _expect_pairs(student: Student, reference: Student, numbers: list[int]) -> None:
    answers = [_pairs(student, number) for number in numbers]
    for number, got in zip(numbers, answers, strict=True):
        want = sorted((name, size) for name, size in reference.which_model(number))
        call = f"which_model({number:,})"
        expect.true(
            bool(got) or not want, f"{call} finds nothing, but there is a model of so many bytes."
        )
        odd = [name for name, _ in got if name not in {name for name, _ in want}]
        expect.true(
            not odd,
            f"{call} finds {odd[0] if odd and odd[0] in _VALUES else 'another'}: it does "
            "not store so many bytes, at 1, 2 or 4 for each value.",
        )
        expect.true(len(got) == len(want), f"{call} gives {len(got)} pairs where {len(want)} fit.")
        expect.true(got == want, f"{call} finds the model; the bytes of a value are others.")


@check(
    "which_model",
    "finds a model by its bytes, in each of the three dtypes",
    "Which columns of the table decide what is stored for a token? Are keys all there is?",
    weight=2,
)
def finds_by_bytes(student: Student, reference: Student, draw: Draw) -> None:
    alone = [n for n in _BYTES if len(reference.which_model(n)) == 1]
    _expect_pairs(student, reference, alone)


@check(
    "which_model",
    "finds all that fit, and nothing where none does",
    "Can a small model in a wide dtype store as many bytes as a large one in a narrow dtype?",
)
def finds_all_that_fit(student: Student, reference: Student, draw: Draw) -> None:
    several = [n for n in _BYTES if len(reference.which_model(n)) > 1]
    one_layer = [size * 2 * 3 * 64 for size in _KEPT_IN]  # what a forgotten factor would find
    nobody = [*one_layer, _BYTES[0] - 1, 3 * _BYTES[-1]]
    _expect_pairs(student, reference, [*several, *nobody])
