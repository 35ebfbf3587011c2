"""Misconceptions of unit 00, as edits of the model solution."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.misconceptions.wrappers import (
    CHANGES_INPUTS,
    changes,
    returns,
    returns_zeros,
)

_EQUALS = "equals_the_average"
_SQUARE = "takes_a_square"

_PRODUCTS = "weights[:, None] * values"
_RESULT = "return products.sum(dim=0)"

misconception(
    "plain_mean",
    says="this is the plain mean: every row counts the same, whatever its weight",
    asks="Where do the weights enter your computation?",
    weighted_average=edit(_PRODUCTS, "values / len(values)", fails=_EQUALS),
)
misconception(
    "plain_sum",
    says="this is the plain sum of the rows, without their weights",
    asks="Where do the weights enter your computation?",
    weighted_average=edit(_PRODUCTS, "values", fails=_EQUALS),
)
misconception(
    "weights_on_columns",
    says="each weight multiplies a column, not a row",
    asks="PyTorch lines shapes up from the right. With which axis of values do the weights meet?",
    weighted_average=[
        edit(_PRODUCTS, "weights * values", fails=_SQUARE),
        edit(_PRODUCTS, "weights * values", "sum(dim=0)", "sum(dim=1)", fails=_SQUARE),
    ],
)
misconception(
    "summed_over_columns",
    says="the numbers inside each row are added up, not the rows",
    asks="Which axis should be gone in the result, that of the rows or that of the columns?",
    weighted_average=edit("sum(dim=0)", "sum(dim=1)", fails=_SQUARE),
)
misconception(
    "not_summed",
    says="the weighted rows come back one by one, not added up",
    asks="How many rows should an average of n rows have?",
    weighted_average=edit(_RESULT, "return products", fails=_EQUALS),
)
misconception(
    "axis_kept",
    says="the axis of the rows is still there, with size 1",
    asks="What does the sum leave of the axis that it runs along?",
    weighted_average=edit("sum(dim=0)", "sum(dim=0, keepdim=True)", fails=_EQUALS),
)
misconception(
    "summed_to_one_number",
    says="everything is added up to a single number",
    asks="Which axis should be left in the result?",
    weighted_average=edit("sum(dim=0)", "sum()", fails=_EQUALS),
)
misconception(
    "divided_by_n",
    says="the sum of the weighted rows is divided by their number as well",
    asks="The weights add up to 1. What is left to divide by?",
    weighted_average=edit("sum(dim=0)", "mean(dim=0)", fails=_EQUALS),
)
misconception(
    "heaviest_only",
    says="only the row with the largest weight counts",
    asks="What becomes of the rows with smaller weights?",
    weighted_average=edit(_RESULT, "return values[weights.argmax()] * 1", fails=_EQUALS),
)
misconception(
    "returns_nothing",
    says="nothing comes back",
    asks="Printing shows a result to you. What hands it to whoever calls the function?",
    weighted_average=returns("None", "leaves_its_arguments", "returns_nothing"),
)
misconception(
    "returns_zeros",
    says="the result is all zeros",
    asks="Is the result of your computation what you return?",
    weighted_average=returns_zeros(_EQUALS),
)
misconception(
    "changes_inputs",
    *CHANGES_INPUTS,
    weighted_average=changes("values", "leaves_its_arguments"),
)
