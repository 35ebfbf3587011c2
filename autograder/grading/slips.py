"""Slips that occur in every exercise, told from what the grader saw of a failure anyway.

A misconception is an idea about attention; a slip is a ``return`` that is missing, an axis too many
or the pair of ``max`` not unpacked. It is named by the demand that failed or by the exception, and
only where these leave no doubt: what it says is literally true of the answer. The misconceptions of
an exercise have precedence.
"""

from __future__ import annotations

import builtins
import difflib
import logging
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import torch

from .. import course
from .expect import Counterexample, Demand, Failed, kind_of, plain_number, same_values
from .student import StudentProblem

_log = logging.getLogger("autograder")
# Fewer values may agree by chance.
_FEWEST = 4
_NOISE = 2e-5  # relative: what rounding in float32 may leave of a factor or a difference
_LOOSE = 1e-4  # the same of the ratio of two small weights
_SEVEN_DIGITS = (5e-9, 1e-6)  # what computing in float32 leaves, relative to the largest value
# Of a single number, only these factors tell more than that it is wrong.
_FACTORS = tuple(c for n in (2, 3, 4, 8, 1000, 1024) for c in (Fraction(n), Fraction(1, n)))
_USUAL = ("torch", "nn", "math", "F", "np", "numpy", "einops", "functools", "time")


@dataclass(frozen=True)
class Slip:
    """A slip.

    Attributes:
        name: its name, the same in every exercise.
        says: what is wrong, as a clause that follows "it looks as if".
        asks: the question that leads out of it; empty where that of the check does.
    """

    name: str
    says: str
    asks: str


@dataclass(frozen=True)
class _Sign:
    """What an exception says when a slip raises it: ``text`` is looked for in its text.

    ``source``, if given, is looked for in the learner's line as well.
    """

    types: tuple[str, ...]
    text: str
    slip: Slip
    source: str = ""


def _sign(types: str, text: str, name: str, says: str, asks: str, source: str = "") -> _Sign:
    return _Sign(tuple(types.split()), text, Slip(name, says, asks), source)


_NO_NAME = "a name is used that is not defined at this line"
_NO_ATTRIBUTE = "an attribute or method is used that this object does not have"
_NOT_THERE = "what the task calls by this name is not there"
_SPELLED = "Is it spelled as where it is defined, and does that line run before it is used?"

# The first that fits is the one.
_SIGNS = (
    _sign(
        "RuntimeError",
        r"Boolean value of Tensor with",
        "truth_of_tensor",
        "a whole tensor is asked whether it is true, as `if`, `and`, `or` and `not` do",
        "Is the question whether there is a tensor at all (`is None`), or is it asked of every "
        "element (`&`, `|`, `~`)?",
    ),
    _sign(
        "RuntimeError",
        r"^view size is not compatible",
        "view_out_of_order",
        "`view` is used where the numbers do not lie in memory in that order, as after a transpose",
        "What does `reshape` do that `view` does not?",
    ),
    _sign(
        "RuntimeError",
        r"^shape '.*' is invalid for input of size|^unflatten: Provided sizes",
        "wrong_number_of_values",
        "the tensor is given a shape that holds another number of values than it has",
        "Multiply the sizes out: which of them belongs to another tensor, or is another size?",
    ),
    _sign(
        "TypeError",
        r"argument 'size' (?:failed to unpack|must be tuple of ints|\(position \d+\) must be tuple)"
        r"[^\n]*\bfloat\b|'float' object cannot be interpreted as an integer"
        r"|must be int(?:, not|, but got| or None, not) float"
        r"|slice indices must be integers",
        "float_for_a_size",
        "a float is given where a whole number is needed, as for a size or an index",
        "What does `/` give where `//` gives a whole number?",
    ),
    _sign(
        "TypeError AttributeError",
        r"torch\.return_types\.|'tuple' object has no attribute"
        r"|unsupported operand type\(s\) for [^\n]*'tuple'"
        r"|must be Tensor, not tuple|'tuple' object is not callable",
        "pair_not_unpacked",
        "a tuple, as a call with several results gives it, is used as if it were one tensor",
        "What does this call return, in what order, and which part of it do you need?",
    ),
    _sign(
        "TypeError AttributeError",
        r"'NoneType' object|unsupported operand type\(s\) for [^\n]*'NoneType'"
        r"|must be Tensor, not NoneType|but got NoneType"
        r"|not supported between instances of [^\n]*'NoneType'",
        "none_used",
        "something at this line is None where a value is needed",
        "Which of the names at this line can be None: an argument that was left out, or the result "
        "of a function without `return`?",
    ),
    _sign(
        "TypeError",
        r"'(?:Tensor|int|float|list|dict|torch\.Size)' object is not callable",
        "result_called",
        "a value is called as if it were a function: it may be the result of a call, handed over "
        "in place of the function itself",
        "What is the difference between `f` and `f(x)` as an argument?",
    ),
    _sign(
        "RuntimeError",
        r"^einsum\(\): the number of subscripts",
        "einsum_fixed_axes",
        "the einsum has another number of letters than the tensor has axes",
        "Which axes come in front when there are heads, or no batch? What does `...` mean there?",
    ),
    _sign(
        "RuntimeError",
        r"mat1 and mat2 shapes cannot be multiplied|^Expected size for first two dimensions of"
        r" batch2|^Expected batch2 tensor to have|^size mismatch, got input",
        "product_does_not_fit",
        "the two sides of a matrix product do not fit each other",
        "The last axis of the left side must be as long as the last but one of the right side. "
        "Which two axes are that here?",
    ),
    _sign(
        "RuntimeError",
        r"^The expanded size of the tensor|^expand\(|^output with shape \[",
        "does_not_fit_in_place",
        "a tensor is expanded to a shape, or written into a place, that it does not fit",
        "Write both shapes one below the other, from the right: at which axis are they neither "
        "equal nor 1?",
    ),
    _sign(
        "RuntimeError",
        r"^The size of tensor a \(\d+\) must match the size of tensor b",
        "sizes_do_not_match",
        "two tensors meet whose sizes differ along an axis, and neither of them is 1 there",
        "Write both shapes one below the other, from the right: which axis of the one stands under "
        "which axis of the other?",
    ),
    _sign(
        "RuntimeError",
        r"^stack expects each tensor to be equal size|^Sizes of tensors must match except",
        "pieces_do_not_fit",
        "tensors are joined whose other axes are not equally long",
        "Along which axis should they be joined, and how long are the others?",
    ),
    _sign(
        "RuntimeError",
        r"Tensors must have same number of dimensions",
        "pieces_do_not_fit",
        "tensors are joined that do not have equally many axes",
        "Which of them lacks an axis?",
    ),
    _sign(
        "ZeroDivisionError",
        r"",
        "divided_by_zero",
        "something is divided by 0",
        "Which divisor can be 0 here: a count, or the result of `//`?",
    ),
    _sign(
        "RuntimeError ValueError",
        r"expect(?:ed|s) a non-empty|is an empty sequence|must have at least \w+ data point",
        "nothing_there",
        "a list is empty where at least one thing is needed",
        "Which loop or condition should have filled it, and how often was it entered?",
    ),
    _sign(
        "RuntimeError",
        r"could not infer output dtype|can't be cast to the desired output type",
        "whole_numbers_for_floats",
        "an operation that gives fractions meets a tensor of whole numbers or of booleans",
        "What dtype does this tensor have, and which line gave it that?",
    ),
    _sign(
        "RuntimeError",
        r"^split_with_sizes",
        "pieces_do_not_add_up",
        "a tensor is cut into pieces that are together not as long as it is",
        "`split` takes the length of a piece, `chunk` their number. Which of them is meant?",
    ),
    _sign(
        "IndexError",
        r"^The shape of the mask",
        "mask_of_another_shape",
        "a boolean tensor picks from a tensor of another shape",
        "Picking by a mask does not broadcast. Is something to be picked, or to be filled?",
    ),
    _sign(
        "RuntimeError",
        r"^only one dimension can be inferred",
        "two_sizes_left_open",
        "two sizes of a shape are given as -1",
        "Which of the two do you know?",
    ),
    _sign(
        "RuntimeError",
        r"leaf Variable that requires grad",
        "parameter_written_into",
        "a tensor whose gradient is asked for is changed in place",
        "How do you make a new tensor with the other values instead?",
    ),
    _sign(
        "RuntimeError",
        r"modified by an inplace operation",
        "graph_written_into",
        "a tensor is changed in place that the gradients need as it was",
        "Which line writes into a tensor that an earlier line computed with?",
    ),
    _sign(
        "RuntimeError",
        r"(?:Subtraction|Negation), the `-` operator, (?:with|on) a bool",
        "minus_of_booleans",
        "a boolean tensor stands beside a `-`",
        "Which operator turns True into False and False into True?",
    ),
    _sign(
        "RuntimeError",
        r"masked_fill_? only supports boolean masks",
        "mask_not_boolean",
        "masked_fill gets a mask that is not boolean",
        "Which comparison turns these numbers into True and False?",
    ),
    _sign(
        "RuntimeError",
        r"to have the same dtype|expected scalar type \w+ but found|must have the same dtype",
        "dtypes_mixed",
        "tensors of two dtypes meet in one operation that wants one",
        "Which of the two did you make, and what dtype does it get if you name none?",
    ),
    _sign(
        "AttributeError",
        r"cannot assign (?:module|parameter)s? before Module\.__init__",
        "super_not_called",
        "the class uses nn.Module before it is set up",
        "Which line must come first in the `__init__` of every module?",
    ),
    _sign(
        "NotImplementedError",
        r'missing the required "forward" function',
        "forward_missing",
        "the module has no method `forward`",
        "Is it spelled like that, and does its `def` stand inside the class, four blanks in, and "
        "not inside `__init__`?",
    ),
    _sign(
        "NotImplementedError RuntimeError TypeError",
        r"not implemented for '\w+'|could not infer output dtype|only implemented on integer and",
        "not_for_this_dtype",
        "an operation is called that does not exist for the dtype of its tensor",
        "What dtype does the tensor have at this line, and which one did you expect?",
    ),
    _sign(
        "RuntimeError",
        r"^value cannot be converted to type \S+ without overflow",
        "too_large_for_dtype",
        "a number is written into a tensor whose dtype has no number that large",
        "What is the largest number in float16? Which number stands for `nothing` in every dtype?",
    ),
    _sign(
        "AttributeError",
        r"has no attribute '(?:to|state_dict|load_state_dict|eval|train|parameters|"
        r"named_parameters|_modules|_parameters)'",
        "not_a_module",
        "the class is not a module: it does not inherit from nn.Module",
        "What stands in the parentheses behind the name of your class?",
        source=r"^$",
    ),
    _sign(
        "ValueError",
        r"(?:not enough|too many) values to unpack",
        "shape_unpacked",
        "a shape is unpacked into another number of names than the tensor has axes",
        "How many axes may come in front? Which sizes do you need, counted from the right?",
        source=r",[^=]*=\s*[\w.]+\.(?:shape\b|size\(\))",
    ),
    _sign(
        "ValueError",
        r"(?:not enough|too many) values to unpack",
        "unpacked_wrongly",
        "something is unpacked into another number of names than it has parts",
        "What does the right side of this line hold, and how many are they?",
        source=r"^\(?\w+,[^=()]*=[^=]|\bfor [^:]*,[^:]* in ",
    ),
    _sign(
        "ValueError",
        r"(?:not enough|too many) values to unpack",
        "wrong_argument_inside",
        "a function called at this line gets something with another number of axes, or parts, than "
        "it takes",
        "What shape does each argument have here, and which shapes does the task of that function "
        "name?",
        source=r"\(",
    ),
    _sign(
        "IndexError",
        r"^Dimension out of range|^too many indices for tensor",
        "no_such_axis",
        "an axis is named that this tensor does not have",
        "How many axes does it have here? What is the number of this axis, counted from the right?",
    ),
    _sign(
        "TypeError",
        r"missing \d+ required (?:positional|keyword-only) argument|takes (?:from )?\d+"
        r"(?: to \d+)? positional arguments? but|got an unexpected keyword argument"
        r"|got multiple values for",
        "other_arguments",
        "a function is called with other arguments than it takes",
        "Compare the call with the line that begins with `def`, argument by argument.",
    ),
    _sign(
        "RuntimeError",
        r"^Can't call numpy\(\) on Tensor that requires grad",
        "numpy_on_the_way",
        "a tensor through which gradients flow is made into a numpy array",
        "Which function of torch does the same?",
    ),
    _sign(
        "RuntimeError ValueError TypeError",
        r"^only one element tensors can be converted|^a Tensor with \d+ elements cannot be "
        r"converted|^only integer tensors of a single element can be converted",
        "tensor_for_a_number",
        "a tensor is used where one number is needed",
        "Which element do you want, or is there an operation for all of them at once?",
    ),
    _sign(
        "RuntimeError",
        r"number of dimensions in the tensor input does not match|^batch\d must be a 3D tensor"
        r"|^1D tensors expected|must be a matrix$|must have at least 2 dimensions"
        r"|^Number of dimensions of repeat dims",
        "other_number_of_axes",
        "an operation is called that wants another number of axes than its tensor has",
        "How many axes does it have here? Which operation takes the last two, whatever stands in "
        "front?",
    ),
    _sign(
        "RuntimeError",
        r"^einsum\(\): subscript \w has size",
        "einsum_letter_of_two_sizes",
        "one letter of the einsum stands for two axes of different sizes",
        "Write its length under each letter. At which letter do two lengths meet?",
    ),
    _sign(
        "RuntimeError",
        r"^einsum\(\): output subscript \w does not appear",
        "einsum_letter_from_nowhere",
        "a letter stands behind the arrow of the einsum and nowhere in front of it",
        "Which axis of which tensor should it be?",
    ),
    _sign(
        "TypeError",
        r"must be tuple of Tensors, not",
        "tensors_not_in_a_list",
        "tensors are to be joined that are not handed over in one list",
        "What is the first argument of this function: one tensor, or all of them in a list?",
    ),
    _sign(
        "TypeError",
        r"must be Tensor, not (?:list|int|float|dict|str)"
        r"|unsupported operand type\(s\) for [^\n]*'(?:list|dict|str)'",
        "no_tensor_passed",
        "something else stands where a tensor is needed: a list, a number or a text",
        "What is passed at this line, and what turns it into a tensor?",
    ),
    _sign(
        "TypeError",
        r"'(?:builtin_function_or_method|method|function)'(?: object is not|$| and '\w+'$)",
        "function_not_called",
        "a function stands where its result is needed",
        "Are the parentheses missing that call it?",
    ),
    _sign(
        "TypeError",
        r"object is not (?:iterable|subscriptable)|has no len\(\)",
        "one_for_many",
        "something is taken apart, or counted, that does not consist of parts",
        "What is this: a number, a layer, a list? What do you want to go through?",
    ),
    _sign(
        "TypeError",
        r"received an invalid combination of arguments",
        "arguments_of_torch",
        "a function of torch is called with arguments that it does not take like this",
        "How many does it take, of what types, and in what order?",
    ),
    _sign(
        "TypeError",
        r"is not a Module subclass|^cannot assign \S+ as child module",
        "not_a_submodule",
        "something is put among the modules that is none, as a dictionary or a list",
        "What do nn.ModuleDict and nn.ModuleList do that a dict and a list do not?",
    ),
    _sign(
        "IndexError RuntimeError",
        r"out of bounds for dimension|index out of range$|^select\(\): index"
        r"|exceeds dimension size",
        "index_too_large",
        "an index goes beyond the end of an axis, or of a list",
        "How long is it here? May an axis have size 1, so that it fits all?",
    ),
    _sign(
        "KeyError",
        r"bias'?$",
        "no_such_bias",
        "a bias is asked for in a model that may have none",
        "What does the state_dict hold where the module was made with `bias=False`?",
    ),
    _sign(
        "KeyError",
        r"",
        "no_such_key",
        "something is looked up under a name that is not there",
        "Print the names that exist. Are they there every time, or only sometimes?",
    ),
    _sign(
        "RecursionError",
        r"",
        "calls_itself",
        "a function calls itself without an end",
        "Does your function have the same name as the one that you mean to call?",
    ),
    _sign(
        "UnboundLocalError",
        r"",
        "used_before_it_is_made",
        "a name is used on a way through the function on which nothing was assigned to it",
        "Which `if` or loop assigns it, and what happens if that is never entered?",
    ),
)
_NAME_ERROR = re.compile(r"^name '(\w{1,60})' is not defined")
_ATTRIBUTE_ERROR = re.compile(r"object has no attribute '(\w{1,60})'")

_NONE = Slip(
    "returns_none",
    "None comes back, or stands in what comes back, where a value is asked for",
    "Is the value computed, and handed over by `return` on every way through the function?",
)
_SWAPPED = Slip(
    "pair_in_wrong_order",
    "the two results come back in the wrong order",
    "Which of the two does the task name first?",
)
_ONE = Slip(
    "one_of_two_returned",
    "one tensor comes back where two are asked for",
    "Which two things does the task ask for, and which of them is missing?",
)
_SEVERAL = Slip(
    "several_returned",
    "a tuple comes back where one tensor is asked for",
    "Which call gives more than one thing, or is there a comma too many? Which part is asked for?",
)
_ANOTHER_ERROR = Slip(
    "another_error",
    "an error is raised, but not of the type that the task names",
    "Which type of error does the docstring name?",
)
_PART_MISSING = Slip(
    "part_missing",
    "something that the task asks for by name is missing from what comes back",
    "Which names does the task list? Compare them with yours, letter by letter.",
)
_OF_KIND = {"error": _ANOTHER_ERROR, "part": _PART_MISSING}
_FUNCTION = Slip(
    "function_returned",
    "a function comes back, not what it gives",
    "Are the parentheses missing that call it?",
)
_NO_TENSOR = "What turns it into a tensor, or which function of torch returns one from the start?"
_WHOLE = Slip(
    "float_for_int",
    "the number is right, but it is a float where an int is asked for",
    "What does `/` give where `//` gives a whole number?",
)
_ROW_SUMS = Slip(
    "rows_of_another_sum",
    "within a row the weights stand in the right ratio, but the rows do not add up to 1",
    "What is each row divided by? Is it the sum of that row, and of nothing else?",
)
_NOT_A_NUMBER = Slip(
    "not_a_number",
    "at some step there is no number that would be right: 0 / 0, inf - inf, 0 * inf and the like "
    "are NaN, and so is all that is computed from it",
    "",  # what the check asks is nearer
)
_DIGITS = Slip(
    "seven_digits",
    "the values are right to about 7 digits and no more, and those that went in are in float64",
    "Which line turns something into float32: `.float()`, or a tensor made without a dtype?",
)
_NOT_KEPT = Slip(
    "layers_not_kept",
    "the module does not know some of its layers, as if they were missing, made in `forward`, or "
    "kept in a list or a dict",
    "Where is each layer made, and is it an attribute of `self`, or in an nn.ModuleList or "
    "nn.ModuleDict that is one?",
)
_CUT = Slip(
    "gradient_cut",
    "something cuts the result off from the inputs, so that nothing can learn through it",
    "Which line does so? `detach`, `data`, `no_grad`, `item` and a tensor made of numbers do.",
)
_OWN_ERROR = Slip(
    "own_error_raised",
    "a line of your own refuses this input: it raises the error itself",
    "Does the task allow this input? Which condition leads to that line?",
)
RANDOM = Slip(
    "another_answer_each_time",
    "the same input gives another result the second time",
    "Is something random at work, as dropout is, or is something kept from one call to the next?",
)


def of_failure(failure: Failed) -> Slip | None:
    """The slip that a failed demand shows, if it surely is one; none if looking for it fails."""
    try:
        if failure.demand:
            return _of_demand(failure.demand)
        return _of_values(failure.counterexample) if failure.counterexample else None
    except Exception:
        _log.exception("no slip is looked for: %s", failure.message)
        return None


def is_of_precision(failure: Failed | None) -> bool:
    """Whether the dtype of floats is wrong, or the values are right to float32's digits only."""
    if failure is None:
        return False
    return failure.misconception == "wrong_dtype" or of_failure(failure) is _DIGITS


def of_problem(problem: StudentProblem, says_word: Callable[[str], bool]) -> Slip | None:
    """The slip that raised an exception, if it surely is one.

    Args:
        problem: what the learner's code raised.
        says_word: whether a name of the learner's may be repeated.
    """
    if problem.kind != "error":
        return None
    details = problem.details
    text, source = str(details.get("text") or ""), str(details.get("source") or "")
    if details.get("builtin") == "NameError" and (found := _NAME_ERROR.search(text)):
        return _undefined(found[1], says_word)
    for sign in _SIGNS:
        if (
            details.get("builtin") in sign.types
            and re.search(sign.text, text)
            and re.search(sign.source, source)
        ):
            return sign.slip
    if details.get("builtin") == "AttributeError" and (found := _ATTRIBUTE_ERROR.search(text)):
        name = f": `{found[1]}`" if says_word(found[1]) else ""
        says = _NO_ATTRIBUTE if source else _NOT_THERE
        return Slip("no_such_attribute", says + name, _SPELLED)
    return _OWN_ERROR if source.startswith(("raise ", "assert ")) else None


def _undefined(name: str, says_word: Callable[[str], bool]) -> Slip:
    if not says_word(name):
        return Slip("name_not_defined", _NO_NAME, _SPELLED)
    known = {*course.exercises(), *dir(builtins), *_USUAL}
    meant = [] if name in known else difflib.get_close_matches(name, known, 1, 0.8)
    asks = f"Did you mean `{meant[0]}`?" if meant else _SPELLED
    return Slip("name_not_defined", f"{_NO_NAME}: `{name}`", asks)


def _of_demand(demand: Demand) -> Slip | None:
    """What is wrong with the type or the shape of a value."""
    got, kind = demand.got, kind_of(demand.got)
    if demand.kind in _OF_KIND:
        return _OF_KIND[demand.kind]
    if got is None:
        return _NONE
    if kind in ("function", "method", "builtin_function_or_method", "type"):
        return _FUNCTION
    if demand.kind == "pair":
        alone = isinstance(got, torch.Tensor)
        return _SWAPPED if demand.shapes else _ONE if alone else None
    if demand.kind == "finite":
        return _NOT_A_NUMBER if isinstance(got, float) and math.isnan(got) else None
    if demand.kind == "number":
        return _of_number(got, demand)
    if demand.kind == "dict":
        return None
    if demand.kind == "gradient":
        return _CUT
    if demand.kind == "weight":
        return _of_width(demand)
    if demand.kind == "layers":
        return _NOT_KEPT
    if isinstance(got, torch.Tensor):
        return _of_shape(tuple(got.shape), demand)
    if isinstance(got, tuple):
        return _SEVERAL
    named = {"ndarray": "a numpy array", "list": "a list", "float": "a number", "int": "a number"}
    if kind in named:
        says = f"{named[kind]} comes back where a tensor is asked for"
        return Slip("not_a_tensor", says, _NO_TENSOR)
    return None


def _of_width(demand: Demand) -> Slip:
    """What is wrong with the shape of a layer's weight or bias."""
    layer = demand.axes.rpartition(".")[0]
    if len(demand.shape) == 2 and demand.got == demand.shape[::-1]:
        says = f"the two widths of the layer {layer} are exchanged"
        return Slip("widths_exchanged", says, "nn.Linear(a, b): which of the two goes in?")
    return Slip(
        "another_width",
        f"the layer {layer} has another width than the task names",
        "Follow one vector: how wide is it when it goes into this layer, and when it comes out?",
    )


def _of_number(got: object, demand: Demand) -> Slip | None:
    """What is wrong with a number, of one call."""
    value = got if isinstance(got, int) else plain_number(got)
    want = demand.number
    if value is None or isinstance(got, bool) or not want:
        return None
    if value == want:
        return _WHOLE if isinstance(got, float) else None
    if value == 0:
        asks = "Which factor is 0 here, or which condition picks the 0?"
        return Slip("all_zeros", "the number is 0 where it should not be", asks)
    whole = isinstance(value, int) and isinstance(want, int)
    for factor in _FACTORS:
        if value == factor * want if whole else math.isclose(value, factor * want, rel_tol=1e-9):
            return _factor(float(factor), "the number is")
    return None


def _of_shape(got: tuple[int, ...], demand: Demand) -> Slip | None:
    want, names = demand.shape, demand.axes.split()
    if len(got) + 1 == len(want):
        lost = [i for i in range(len(want)) if want[:i] + want[i + 1 :] == got]
        if lost:
            name = "of size 1" if names[lost[0]] == "1" else names[lost[0]]
            which = f"the axis {name} is" if len(lost) == 1 else "an axis is"
            return Slip(
                "missing_axis",
                f"{which} missing",
                "Which sum, index or squeeze takes it away, and what does `keepdim=True` do?",
            )
    if len(got) == len(want) + 1:
        more = [i for i in range(len(got)) if got[:i] + got[i + 1 :] == want]
        if more:
            size = f", of size {got[more[0]]}" if len(more) == 1 else ""
            return Slip(
                "extra_axis",
                f"there is one axis too many{size}",
                "Which line puts it there, and is it to be summed over, picked from or left out?",
            )
    if len(got) == len(want) and sorted(got) == sorted(want):
        return Slip(
            "sizes_in_other_order",
            "the shape has the right sizes in another order",
            "In which order does the task name the axes? And where something is cut into pieces: "
            "which number is how many there are, which how long each is?",
        )
    if [size for size in got if size != 1] == [size for size in want if size != 1]:
        fewer = len(got) < len(want)
        return Slip(
            "missing_axis" if fewer else "extra_axis",
            f"axes of size 1 are {'missing' if fewer else 'too many'}",
            "Which calls add them or take them away?",
        )
    if math.prod(got) != math.prod(want):
        return None
    if _merges(want, got):
        return Slip(
            "axes_merged",
            "axes are joined into one that should stay apart",
            "Which call flattens, and what does it do when it is not told an axis?",
        )
    if _merges(got, want):
        return Slip(
            "axes_not_merged",
            "axes stay apart that should be joined into one",
            "Which two axes belong together at the end, and which call joins them?",
        )
    return Slip(
        "cut_up_otherwise",
        "there are as many values as there should be, cut up into other axes",
        "What is the size of each axis before and after this step, and which of them is a number "
        "of pieces, which the size of a piece?",
    )


def _merges(apart: Sequence[int], joined: Sequence[int]) -> bool:
    """Whether joining neighbouring axes of the first shape gives the second."""
    if len(joined) >= len(apart):
        return False
    left = list(apart)
    for size in joined:
        product = 1
        while left and product * left[0] <= size:
            product *= left.pop(0)
        if product != size:
            return False
    return not left


def _of_values(example: Counterexample) -> Slip | None:
    """What wrong values have in common, where there are enough of them to tell."""
    want, got = example.expected, example.got
    if want.numel() < _FEWEST or bool((want == want.flatten()[0]).all()):
        return None
    if want.dtype == torch.bool:
        if bool((got == ~want).all()):
            says = "True and False are exchanged throughout"
            return Slip("mask_inverted", says, "What does True mean in a mask of this course?")
        if bool((got == got.flatten()[0]).all()):
            says = f"every entry is {bool(got.flatten()[0])}"
            return Slip("mask_of_one_kind", says, "Which line should make the others, and where?")
        return _of_order(want, got, example.axes)
    if not want.is_floating_point():
        return _of_order(want, got, example.axes)
    want, got = want.double(), got.double()
    if bool((got.isnan() & ~want.isnan()).any()):
        return _NOT_A_NUMBER
    if not bool(want.isfinite().all()) or not bool(got.isfinite().all()):
        return None
    largest = want.abs().max().item()
    error = (got - want).abs().max().item() / largest
    is_near = _SEVEN_DIGITS[0] < error <= _SEVEN_DIGITS[1]
    if is_near and example.got.dtype == torch.float64:
        return _DIGITS
    if not got.any():
        return _zeros(example.what)
    if found := _of_factor(want, got, largest):
        return found
    if example.what.startswith("the weights") and (found := _of_weights(want, got)):
        return found
    return _of_order(want, got, example.axes)


def _of_weights(want: torch.Tensor, got: torch.Tensor) -> Slip | None:
    """What the weights of a softmax over the last axis have in common with the right ones."""
    used = want > 0
    right_sums = want.sum(-1)
    sums_to_one = bool((((right_sums - 1).abs() < _NOISE) | (right_sums == 0)).all())
    if not sums_to_one or bool(((got > 0) != used).any()) or used.sum() < 3 * right_sums.numel():
        return None
    ratios = torch.where(used, got / want, math.nan)
    centres = ratios.nanmedian(-1, keepdim=True).values
    sums_differ = bool(((got.sum(-1) - right_sums).abs() > 10 * _LOOSE).any())
    if sums_differ:
        in_ratio = bool(((ratios / centres - 1).abs() < _LOOSE)[used].all())
        return _ROW_SUMS if in_ratio else None
    mine, right = (_centred(each, used) for each in (got, want))
    factor = ((mine * right).sum() / (right * right).sum()).item()
    fits = bool(((mine - factor * right).abs() <= _LOOSE * right.abs().max()).all())
    if fits and abs(factor - 1) > 10 * _LOOSE:
        return Slip(
            "scores_of_another_size",
            f"the scores are {factor:.4g} times as large as they should be before the softmax",
            "By which number is a score divided, and by which should it be?",
        )
    return None


def _centred(weights: torch.Tensor, used: torch.Tensor) -> torch.Tensor:
    """The scores behind the weights of a softmax, moved so that their mean in a row is 0."""
    scores = torch.where(used, weights.log(), 0.0)
    mean = scores.sum(-1, keepdim=True) / used.sum(-1, keepdim=True).clamp(min=1)
    return torch.where(used, scores - mean, 0.0)


def _zeros(what: str) -> Slip:
    asks = "Which line writes the result into what you return?"
    if what.startswith("the gradient"):
        asks = "Which line cuts it off, as `detach`, `data`, `no_grad` or a tensor of numbers does?"
    return Slip("all_zeros", f"there is nothing but zeros in {what}", asks)


def _of_factor(want: torch.Tensor, got: torch.Tensor, largest: float) -> Slip | None:
    factor = (got * want).sum().item() / (want * want).sum().item()
    fits = bool(((got - factor * want).abs() <= _NOISE * abs(factor) * largest).all())
    if fits and abs(factor - 1) >= 1e-3:
        return _factor(factor, "every value is")
    offset = (got - want).mean().item()
    limit = _NOISE * max(abs(offset), largest)
    if abs(offset) > 10 * limit and bool(((got - want - offset).abs() <= limit).all()):
        return Slip(
            "constant_offset",
            f"every value is too {'large' if offset > 0 else 'small'} by {abs(offset):.4g}",
            "Which term is added or left out that is the same for all of them?",
        )
    return None


def _factor(factor: float, subject: str) -> Slip:
    ratio = 1 / factor
    whole = abs(ratio) > 1.5 and math.isclose(ratio, round(ratio), rel_tol=_NOISE)
    told = f"1/{round(ratio)} of" if whole and ratio > 0 else f"{factor:.4g} times"
    if math.isclose(factor, -1, rel_tol=_NOISE):
        told = "minus"
    return Slip(
        "constant_factor",
        f"{subject} {told} what was expected",
        "Which factor of the formula is missing, too many or another one?",
    )


def _of_order(want: torch.Tensor, got: torch.Tensor, axes: Sequence[str]) -> Slip | None:
    """Whether the right values stand in another order, along one axis or two."""
    # Quick to see, and enough for nearly all that are other values.
    for mine, right in ((got, want), (got.double() ** 2, want.double() ** 2)):
        if not math.isclose(mine.sum(), right.sum(), rel_tol=_NOISE, abs_tol=_NOISE * got.numel()):
            return None
    for says, ordered in _orders(got, axes):
        if bool(same_values(ordered, want, _NOISE).all()):
            asks = "Which line decides the order along this axis?"
            return Slip("values_in_other_order", f"the values are right, but {says}", asks)
    return None


def _orders(got: torch.Tensor, axes: Sequence[str]) -> Iterator[tuple[str, torch.Tensor]]:
    # Of two rows of a mask, too many are alike by chance.
    shortest = 2 if got.is_floating_point() else 3
    for i, name in enumerate(axes):
        if got.shape[i] >= shortest:
            yield f"in reverse order along {name}", got.flip(i)
        if got.shape[i] > 2:
            yield f"one place too late along {name}", got.roll(-1, i)
            yield f"one place too early along {name}", got.roll(1, i)
        for j in range(i):
            if got.shape[i] == got.shape[j] > 2:
                yield f"{axes[j]} and {name} are exchanged", got.transpose(i, j)
