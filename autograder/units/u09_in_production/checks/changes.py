"""Checks of what_changes."""

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student

_WORDS = ("more", "less", "same")
_SHARED = {
    "parameters": "k_proj and v_proj make so many heads as there are KV heads.",
    "cache": "What is kept are the keys and values of the KV heads, not of the query heads.",
    "flops": "Each query head still meets every key, and is as wide as before.",
    "weights": "Each query head still has a weight for every key.",
}
_REASONS = {
    "one head": {
        "parameters": "Its projections go from 4096 to 4096, as those of 32 heads of 128 together.",
        "cache": "One key of 4096 numbers, or 32 of 128.",
        "flops": "One dot product of width 4096, or 32 of width 128.",
        "weights": "Every head has a row of weights of its own.",
    },
    "GQA": _SHARED,
    "MQA": _SHARED,
    "window": {
        "parameters": "No projection knows how far a query may look.",
        "cache": "What no query will see again is dropped.",
        "flops": "A query meets 1024 keys in place of 4096.",
        "weights": "A query weighs the keys that it sees, and these are 1024.",
    },
    "cross": {
        "parameters": "q_proj, k_proj and v_proj keep their shapes, whoever is asked.",
        "cache": "That layer keeps 500 keys and values, however long the text is.",
        "flops": "In that layer a query meets 500 keys in place of 4096.",
        "weights": "In that layer a query has 500 keys to weigh.",
    },
    "8 bits": {
        "parameters": "The weights of the layers are not what is kept in 8 bits.",
        "cache": "As many values as before, each in half the bytes.",
        "flops": "As many products as before: numbers are smaller, not fewer.",
        "weights": "As many keys as before, each with a weight.",
    },
    "additive": {
        "parameters": "Each head has a vector w that the dot product does not need.",
        "cache": "What is kept of a token is a key and a value, of the same width.",
        "flops": "The dot product with w is there as well, and a sum and a tanh come before it.",
        "weights": "However a score is computed, there is one for each key.",
    },
    "wide heads": {
        "parameters": "All four projections go to or from 32 heads, each twice as wide.",
        "cache": "Keys and values are as wide as a head.",
        "flops": "Each dot product has twice as many numbers.",
        "weights": "A weight is one number, however wide its key is.",
    },
    "long text": {
        "parameters": "A layer has the same weights for a text of any length.",
        "cache": "Every token leaves its keys and values.",
        "flops": "The new token meets twice as many keys.",
        "weights": "The new token has twice as many keys to weigh.",
    },
}


def _expect_column(student: Student, reference: Student, column: str) -> None:
    """The column of the learner's table is that of the reference, each wrong cell with a reason."""
    table = expect.dictionary(student.what_changes(), "There should be a dictionary.")
    for name in _REASONS:
        expect.part(name in table, f"There is no row `{name}`.")
        row = expect.dictionary(table[name], f"The row `{name}` should be a dictionary.")
        expect.part(column in row, f"The row `{name}` has no `{column}`.")
        expect.seen(expect.as_text(row[column])[:8])
    want = reference.what_changes()
    for name, reasons in _REASONS.items():
        said = table[name][column]
        expect.true(
            isinstance(said, str) and said in _WORDS,
            f"`{column}` of `{name}` should be more, less or same; it is {expect.told(said)}.",
        )
        expect.true(
            said == want[name][column],
            f"`{column}` of `{name}` is not {said}. {reasons[column]}",
        )


@check(
    "what_changes",
    "knows what becomes of the parameters",
    "Which projections are there, from which width to which?",
)
def parameters_of_changes(student: Student, reference: Student, draw: Draw) -> None:
    _expect_column(student, reference, "parameters")


@check(
    "what_changes",
    "knows what becomes of the cache",
    "What is kept of each token, and of which tokens?",
)
def cache_of_changes(student: Student, reference: Student, draw: Draw) -> None:
    _expect_column(student, reference, "cache")


@check(
    "what_changes",
    "knows what becomes of the FLOPs",
    "How many query heads meet how many keys, of which width?",
)
def flops_of_changes(student: Student, reference: Student, draw: Draw) -> None:
    _expect_column(student, reference, "flops")


@check(
    "what_changes",
    "knows what becomes of the attention weights",
    "How many query heads are there, and how many keys does each of them see?",
)
def weights_of_changes(student: Student, reference: Student, draw: Draw) -> None:
    _expect_column(student, reference, "weights")
