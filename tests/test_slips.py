"""Slips that occur in every exercise are named; and an unnamed mistake does not give a wall."""

import contextlib
import re

import pytest
import torch
from support import grade_namespace

from autograder import course
from autograder.grading import expect, slips
from autograder.grading.grader import Grader
from autograder.grading.misconceptions import misconceptions_of
from autograder.grading.render.html import exercise_html
from autograder.grading.render.text import exercise_text
from autograder.grading.student import RemoteStudent, StudentProblem
from autograder.grading.words import Words
from autograder.sandbox.inside import cells
from autograder.sandbox.limits import Limits
from autograder.sandbox.link import Link

HEAD = "import math\n\nimport numpy as np\nimport torch\nfrom torch import nn\n"
SOFTMAX = HEAD + "\ndef softmax(scores, dim=-1):\n"
SCORES = (
    HEAD + "\ndef scaled_scores(q, k):\n    right = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5\n"
)
ATTENTION = (
    HEAD + "\ndef attention(q, k, v):\n    weights = torch.softmax(scaled_scores(q, k), -1)\n"
)
MASKED = HEAD + "\ndef masked_attention(q, k, v, mask=None):\n"
MASK = """
import torch

def padding_mask(lengths, k_len):
    return torch.zeros(len(lengths), 1, k_len, dtype=torch.bool)
"""
SPLIT = HEAD + "\ndef split_heads(x, num_heads):\n    b, length, width = x.shape\n"
EXPAND = HEAD + "\ndef expand_kv(x, num_heads):\n"
MERGE = HEAD + "\ndef merge_heads(x):\n    b, h, length, d = x.shape\n"
BYTES = HEAD + "\ndef kv_cache_bytes(*numbers, **named):\n    n = reference(*numbers, **named)\n"
MODULE = """
class SingleHeadAttention({base}):
    def __init__(self, d_model, d_head, bias=False):
        {first}
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)

    def forward(self, x, context=None):
        {context}
        q, k, v = self.q_proj(x), self.k_proj(context), self.v_proj(context)
        return self.o_proj(attention(q, k, v){part})
"""
PARTS = {
    "base": "nn.Module",
    "first": "super().__init__()",
    "context": "context = x if context is None else context",
    "part": "[0]",
}


def module(**parts):
    """A module that is right but for these parts."""
    return HEAD + MODULE.format(**PARTS | parts)


SLIPS = [
    # what comes back
    ("softmax", "returns_none", SOFTMAX + "    print(torch.softmax(scores, dim))"),
    ("softmax", "not_a_tensor", SOFTMAX + "    return torch.softmax(scores, dim).detach().numpy()"),
    ("softmax", "not_a_tensor", SOFTMAX + "    return torch.softmax(scores, dim).tolist()"),
    ("softmax", "not_a_tensor", SOFTMAX + "    return float(scores.flatten()[0])"),
    ("softmax", "several_returned", SOFTMAX + "    return torch.softmax(scores, dim), scores"),
    ("softmax", "function_returned", SOFTMAX + "    return scores.softmax"),
    ("attention", "one_of_two_returned", ATTENTION + "    return weights @ v"),
    ("attention", "returns_none", ATTENTION + "    weights @ v, weights"),
    ("attention", "pair_in_wrong_order", ATTENTION + "    return weights, weights @ v"),
    ("kv_cache_bytes", "returns_none", BYTES + "    print(n)"),
    ("kv_cache_bytes", "all_zeros", BYTES + "    return 0"),
    ("kv_cache_bytes", "constant_factor", BYTES + "    return n * 1024"),
    (
        "attention_cost",
        "part_missing",
        HEAD + "\ndef attention_cost(*numbers):\n"
        "    return {name.upper(): n for name, n in reference(*numbers).items()}",
    ),
    # shapes
    ("softmax", "missing_axis", SOFTMAX + "    return torch.softmax(scores, dim).sum(-1)"),
    ("softmax", "extra_axis", SOFTMAX + "    return torch.softmax(scores, dim).unsqueeze(0)"),
    ("softmax", "axes_merged", SOFTMAX + "    return torch.softmax(scores, dim).flatten()"),
    ("merge_heads", "axes_not_merged", MERGE + "    return x.transpose(1, 2)"),
    ("merge_heads", "cut_up_otherwise", MERGE + "    return x.reshape(-1, d)"),
    (
        "split_heads",
        "sizes_in_other_order",
        SPLIT + "    return x.reshape(b, num_heads, -1, length)",
    ),
    # exceptions
    (
        "masked_attention",
        "truth_of_tensor",
        MASKED + "    if mask:\n        pass\n    return reference(q, k, v)",
    ),
    ("SingleHeadAttention", "truth_of_tensor", module(context="context = context or x")),
    ("SingleHeadAttention", "pair_not_unpacked", module(part="")),
    ("softmax", "pair_not_unpacked", SOFTMAX + "    return scores - scores.max(dim, True)"),
    ("softmax", "none_used", SOFTMAX + "    total = print(1)\n    return scores / total"),
    ("softmax", "result_called", SOFTMAX + "    return scores(dim)"),
    (
        "merge_heads",
        "view_out_of_order",
        MERGE + "    return x.transpose(1, 2).view(b, length, h * d)",
    ),
    ("merge_heads", "wrong_number_of_values", MERGE + "    return x.reshape(b, length, h)"),
    (
        "split_heads",
        "float_for_a_size",
        SPLIT + "    return x.view(b, length, num_heads, width / num_heads).transpose(1, 2)",
    ),
    (
        "scaled_scores",
        "einsum_fixed_axes",
        HEAD
        + "\ndef scaled_scores(q, k):\n"
        + '    return torch.einsum("bqd,bkd->bqk", q, k) / math.sqrt(q.shape[-1])',
    ),
    (
        "expand_kv",
        "another_error",
        EXPAND
        + "    if num_heads % x.shape[1]:\n        raise TypeError(num_heads)\n"
        + "    return reference(x, num_heads)",
    ),
    ("softmax", "index_too_large", SOFTMAX + "    return scores[..., 999]"),
    ("softmax", "index_too_large", SOFTMAX + "    return [scores][1]"),
    ("softmax", "no_such_key", SOFTMAX + "    return {-1: scores}[str(dim)]"),
    ("softmax", "divided_by_zero", SOFTMAX + "    return scores * (1 / 0)"),
    ("softmax", "calls_itself", SOFTMAX + "    return softmax(scores, dim)"),
    ("softmax", "one_for_many", SOFTMAX + "    return scores[dim[0]]"),
    ("softmax", "none_used", SOFTMAX + "    return scores if scores.dim() > None else dim"),
    ("softmax", "result_called", SOFTMAX + "    return scores / scores.shape(0)"),
    ("scaled_scores", "other_number_of_axes", SCORES + "    return q @ k.permute(-1, -2)"),
    ("softmax", "nothing_there", SOFTMAX + "    return torch.stack([])"),
    ("softmax", "nothing_there", SOFTMAX + "    return torch.cat([])"),
    ("softmax", "whole_numbers_for_floats", SOFTMAX + "    return (scores > 0).mean(dim)"),
    (
        "scaled_scores",
        "einsum_letter_of_two_sizes",
        SCORES + '    return torch.einsum("...ij,...jk->...ik", q, k)',
    ),
    ("softmax", "pieces_do_not_add_up", SOFTMAX + "    return scores.split([1, 1], -1)[0]"),
    ("softmax", "mask_of_another_shape", SOFTMAX + "    return scores[scores[..., :1] > 0]"),
    ("softmax", "two_sizes_left_open", SOFTMAX + "    return scores.view(-1, -1)"),
    ("scaled_scores", "product_does_not_fit", SCORES + "    return q @ k"),
    (
        "masked_attention",
        "sizes_do_not_match",
        MASKED + "    return q + k, q",
    ),
    ("masked_attention", "does_not_fit_in_place", MASKED + "    return q.expand_as(k[..., :1]), k"),
    ("scaled_scores", "pieces_do_not_fit", SCORES + "    return torch.stack([q, k])"),
    ("scaled_scores", "shape_unpacked", SCORES + "    b, n, d = q.shape\n    return right"),
    (
        "scaled_scores",
        "unpacked_wrongly",
        SCORES + "    a, b = torch.ones(3)\n    return right",
    ),
    ("scaled_scores", "wrong_argument_inside", SCORES + "    return split_wrongly(q)"),
    ("scaled_scores", "no_such_axis", SCORES + "    return right.sum(9)"),
    ("softmax", "name_not_defined", SOFTMAX + "    return torch.softmax(score, dim)"),
    ("softmax", "no_such_attribute", SOFTMAX + "    return scores.softmaxed(dim)"),
    ("softmax", "other_arguments", HEAD + "\ndef softmax(scores):\n    return scores.softmax(-1)"),
    (
        "softmax",
        "used_before_it_is_made",
        SOFTMAX + "    for i in []:\n        a = i\n    return a",
    ),
    ("softmax", "tensor_for_a_number", SOFTMAX + "    return math.exp(scores)"),
    (
        "softmax",
        "numpy_on_the_way",
        SOFTMAX + "    right = scores.softmax(dim)\n    right.numpy()\n    return right",
    ),
    (
        "softmax",
        "dtypes_mixed",
        SOFTMAX + "    return scores.double() @ torch.ones(scores.shape[-1])",
    ),
    ("masked_attention", "minus_of_booleans", MASKED + "    return q - (1 - (q > 0)), k"),
    ("masked_attention", "mask_not_boolean", MASKED + "    return q, q.masked_fill(q, 0.0)"),
    (
        "softmax",
        "parameter_written_into",
        SOFTMAX + "    w = torch.ones(1, requires_grad=True)\n    w += 1\n    return w * scores",
    ),
    ("softmax", "not_for_this_dtype", SOFTMAX + "    return torch.softmax(scores > 0, dim)"),
    ("masked_attention", "too_large_for_dtype", MASKED + "    q.half().fill_(-1e9)"),
    (
        "softmax",
        "own_error_raised",
        SOFTMAX + "    assert scores.dim() == 3\n    return scores.softmax(dim)",
    ),
    (
        "SingleHeadAttention",
        "forward_missing",
        module().replace("def forward", "def forwards"),
    ),
    (
        "SingleHeadAttention",
        "layers_not_kept",
        module().replace("self.v_proj =", "self.v = lambda:"),
    ),
    (
        "softmax",
        "calls_itself",
        SOFTMAX + "    return softmax(scores, dim)",
    ),
    (
        "SingleHeadAttention",
        "widths_exchanged",
        module().replace(
            "k_proj = nn.Linear(d_model, d_head", "k_proj = nn.Linear(d_head, d_model"
        ),
    ),
    (
        "SingleHeadAttention",
        "another_width",
        module().replace("nn.Linear(d_head, d_model", "nn.Linear(d_model, d_model"),
    ),
    ("SingleHeadAttention", "super_not_called", module(first="pass")),
    ("SingleHeadAttention", "not_a_module", module(base="", first="pass")),
    # values
    ("softmax", "gradient_cut", SOFTMAX + "    return scores.softmax(dim).detach()"),
    ("softmax", "scores_of_another_size", SOFTMAX + "    return torch.softmax(scores / 1.5, dim)"),
    (
        "softmax",
        "rows_of_another_sum",
        SOFTMAX + "    e = scores.exp()\n    return e / (e.sum(dim, keepdim=True) + 0.1)",
    ),
    (
        "softmax",
        "another_answer_each_time",
        SOFTMAX + "    return torch.softmax(scores, dim) + torch.rand_like(scores)",
    ),
    ("softmax", "not_a_number", SOFTMAX + "    return scores.softmax(dim) * math.inf * 0"),
    ("scaled_scores", "seven_digits", SCORES + "    return right.float().to(q.dtype)"),
    ("scaled_scores", "constant_factor", SCORES + "    return right / 2"),
    ("scaled_scores", "constant_offset", SCORES + "    return right + 1"),
    ("scaled_scores", "values_in_other_order", SCORES + "    return right.flip(-1)"),
    ("padding_mask", "mask_of_one_kind", MASK),
]


def reference_of(exercise):
    """The names that an answer finds, with the reference of this exercise under another name."""
    names = dict(course.reference_namespace(exercise.unit))
    names["reference"] = names.pop(exercise.id)
    names["split_wrongly"] = _split_wrongly
    del names["__name__"]
    return names


def _split_wrongly(x):
    one, other = x.new_ones(3)
    return one


def graded(name, code, seed=7):
    """The verdict on an answer, in this process."""
    exercise = course.exercise(name)
    namespace = cells.new_namespace()
    namespace |= reference_of(exercise)
    cell = {"id": "answer", "code": code, "define_only": False}
    assert cells.run([cell], namespace, {}, "") == [None]
    return grade_namespace(exercise, namespace, seed, watched=False)


def first_named(verdict):
    """The first failed check, which tells what the others repeat."""
    return next(each for each in verdict.checks if not each.passed and each.misconceptions)


@pytest.mark.parametrize(("exercise", "name", "code"), SLIPS, ids=lambda each: each.split("\n")[0])
def test_a_slip_is_named(exercise, name, code):
    verdict = graded(exercise, code)
    check = first_named(verdict)
    assert check.misconceptions == (name,), exercise_text(verdict)
    assert re.fullmatch(r"It looks as if .*[^.]\.", check.diagnosis)
    assert check.asks.endswith(("?", "."))


RAISE = [
    ("other_number_of_axes", "x.permute(0, 2, 1, 3)"),
    ("einsum_letter_of_two_sizes", "torch.einsum('bij,bjk->bik', x, x)"),
    ("einsum_letter_from_nowhere", "torch.einsum('bij->bijk', x)"),
    ("tensors_not_in_a_list", "torch.cat(x, x)"),
    ("no_tensor_passed", "nn.Linear(3, 4)([1, 2])"),
    ("no_tensor_passed", "x @ [1]"),
    ("function_not_called", "x.size[0]"),
    ("function_not_called", "x.dim - 1"),
    ("one_for_many", "[a for a in x.dim()]"),
    ("one_for_many", "nn.Linear(3, 4)['q']"),
    ("arguments_of_torch", "x.masked_fill(x > 0)"),
    ("not_a_submodule", "nn.ModuleList([{}])"),
    ("index_too_large", "x[:, 5]"),
    ("index_too_large", "[][1]"),
    ("no_such_key", "{}['q_proj']"),
    ("no_such_bias", "{}['heads.0.q_proj.bias']"),
    ("minus_of_booleans", "-(x > 0)"),
    ("not_for_this_dtype", "~x"),
]


@pytest.mark.parametrize(("name", "expression"), RAISE)
def test_an_exception_is_named_by_its_text(name, expression):
    with pytest.raises(Exception) as raised:  # noqa: PT011 - each has another type
        eval(expression, {"torch": torch, "nn": torch.nn, "x": torch.ones(2, 3, 4)})
    problem = StudentProblem(**cells.describe(raised.value))
    assert slips.of_problem(problem, lambda _: True).name == name


def test_a_slip_has_no_name_that_a_misconception_has():
    mine = {name for _, name, _ in SLIPS} | {each.slip.name for each in slips._SIGNS}
    for exercise in course.exercises().values():
        assert not mine & set(misconceptions_of(exercise))


WRONG_UNIT = {
    "softmax": ("name_not_defined", SOFTMAX + "    return torch.softmax(score, dim)"),
    "scaled_scores": (
        "wrong_number_of_values",
        HEAD + "\ndef scaled_scores(q, k):\n    return q.view(*k.shape, 2)",
    ),
    "attention": (
        "pair_in_wrong_order",
        HEAD + "\ndef attention(q, k, v):\n"
        "    weights = torch.softmax(q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5, -1)\n"
        "    return weights, weights @ v",
    ),
    "SingleHeadAttention": ("not_a_module", module(base="", first="pass")),
}


def test_a_class_gets_the_same_names_without_the_words_of_the_process():
    code = "\n".join(code for _, code in WRONG_UNIT.values())
    cell = {"id": "answer", "code": code, "define_only": False}
    with Link(Limits(seconds=20)) as link:
        assert link.begin([cell], {}, "") == [None]
        student = RemoteStudent(link)
        grader = Grader(lambda *_: contextlib.nullcontext(student), 7, Words(code))
        verdicts = {name: grader.grade(course.exercise(name)) for name in WRONG_UNIT}
    for exercise, (name, alone) in WRONG_UNIT.items():
        remote, local = first_named(verdicts[exercise]), first_named(graded(exercise, alone))
        assert remote.misconceptions == local.misconceptions == (name,)
        assert (remote.asks, remote.diagnosis) == (local.asks, local.diagnosis)


def test_a_name_that_stands_nowhere_in_the_submission_is_not_repeated():
    details = {"builtin": "NameError", "text": "name 'secret' is not defined"}
    problem = StudentProblem("error", **details)
    slip = slips.of_problem(problem, Words("def softmax(): pass").has)
    assert slip.name == "name_not_defined" and "secret" not in slip.says + slip.asks
    assert "`secret`" in slips.of_problem(problem, lambda _: True).says


@pytest.mark.parametrize(
    ("name", "meant"), [("sofmax", "softmax"), ("torhc", "torch"), ("softmax", None), ("zz", None)]
)
def test_a_misspelled_name_gets_the_one_that_is_near(name, meant):
    text = f"name '{name}' is not defined"
    problem = StudentProblem("error", builtin="NameError", text=text)
    asks = slips.of_problem(problem, lambda _: True).asks
    assert asks == f"Did you mean `{meant}`?" if meant else "Did you mean" not in asks


@pytest.mark.parametrize(
    "change",
    [
        lambda right: right + 1e-3 * torch.arange(24).view(4, 6),
        lambda right: right * torch.arange(1, 7),
        lambda right: right[torch.tensor([2, 0, 3, 1])],
        lambda right: right.where(right > 0, 0),
        lambda right: right * 1.001 + 0.001,
    ],
)
def test_values_that_are_wrong_in_no_such_way_have_no_name(change):
    right = torch.linspace(-2, 3, 24).view(4, 6) ** 3
    with pytest.raises(expect.Failed) as failed:
        expect.close(change(right), right, "the scores", "L_q L_k")
    assert slips.of_failure(failed.value) is None


def test_one_value_or_equal_ones_tell_nothing():
    for right in (torch.tensor([2.0]), torch.full((9,), 2.0)):
        with pytest.raises(expect.Failed) as failed:
            expect.close(right * 2, right, "the scores", "L_k")
        assert slips.of_failure(failed.value) is None


def test_a_likeness_of_later_values_is_no_name_where_the_first_have_none():
    # At scores of 1e4 every row has one weight, and the square of it is no other.
    late = ATTENTION + "    weights = weights * (1 + weights) / 4\n"
    verdict = graded("attention", late + "    return weights @ v, weights")
    assert not any(each.misconceptions for each in verdict.checks)


IN_FLOAT32 = {
    "softmax": SOFTMAX + "    return torch.softmax(scores.float(), dim).type_as(scores)",
    "attention": ATTENTION.replace("scaled_scores(q, k)", "scaled_scores(q, k).float()")
    + "    weights = weights.type_as(q)\n    return weights @ v, weights",
    "SingleHeadAttention": module(part="[0]").replace(
        "attention(q, k, v)[0]", "scaled_scores(q, k).float().softmax(-1).type_as(v) @ v"
    ),
    "masked_attention": MASKED
    + "    output, weights = reference(q.float(), k.float(), v.float(), mask)\n"
    + "    return output.type_as(q), weights.type_as(q)",
    "scaled_scores": SCORES.replace("q.shape[-1] ** 0.5", "torch.tensor(q.shape[-1]).sqrt()")
    + "    return right",
}


@pytest.mark.parametrize("exercise", IN_FLOAT32)
def test_computing_in_float32_costs_the_points_of_one_check_whatever_the_seed(exercise):
    for seed in (1, 2, 8):  # at 8, the root of a width would be a whole number
        verdict = graded(exercise, IN_FLOAT32[exercise], seed)
        failed = [check.misconceptions for check in verdict.checks if not check.passed]
        assert failed == [("seven_digits",)]
        expected, got = re.findall(r"expected (\S+), got (\S+)\. ", exercise_text(verdict))[0]
        assert expected != got


@pytest.mark.parametrize(
    "exercise",
    [
        "previous_token_score",
        "induction_score",
        "dependency_accuracy",
        "head_importance",
        "head_similarity",
    ],
)
def test_a_result_of_another_dtype_costs_the_points_of_one_check_and_is_told(exercise):
    code = f"""
def {exercise}(*given, **named):
    got = reference(*given, **named)
    return (got[0].float(), *got[1:]) if isinstance(got, tuple) else got.float()
"""
    (failed,) = (each for each in graded(exercise, code).checks if not each.passed)
    assert failed.misconceptions == ("wrong_dtype",)
    assert failed.message.endswith("should have the dtype float64; it has float32.")


FILL = MASKED + (
    "    scores = q.double() @ k.double().transpose(-2, -1) / q.shape[-1] ** 0.5\n"
    "    weights = torch.softmax(scores, -1)\n"
    "    if mask is not None:\n"
    "        weights = weights * torch.where(mask, 1.0, 0.25)\n"
    "    return (weights @ v.double()).to(q.dtype), weights.to(q.dtype)"
)
HALF_SOFTMAX = (
    SOFTMAX + "    return torch.exp(2 * (scores - scores.amax())) / torch.exp(scores).amax()"
)


@pytest.mark.parametrize(
    ("exercise", "code"),
    [("masked_attention", FILL), ("softmax", HALF_SOFTMAX)],
    ids=["mask", "row"],
)
@pytest.mark.parametrize("told", [exercise_text, exercise_html])
def test_an_unnamed_mistake_is_one_counterexample_and_one_question(exercise, code, told):
    verdict = graded(exercise, code)
    failed = [each for each in verdict.checks if not each.passed]
    assert len(failed) > 2 and not any(each.misconceptions for each in failed)
    said = told(verdict)
    assert len(re.findall("expected [^c]", said)) <= 2  # the sentence, and above the numbers
    assert [each.asks in said for each in failed if each.asks] == [True]
    assert all(f"{each.says}" in said for each in failed if "±" not in each.says)


def test_a_question_of_a_property_stays_where_nothing_more_basic_fails():
    code = """
import torch

def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.ones(q_len, k_len, dtype=torch.bool).tril(max(-1, k_len - q_len))
"""
    *others, last = graded("causal_mask", code).checks
    assert all(each.passed for each in others)
    assert not last.passed and not last.aside
    assert last.asks == "If the last query sees the last key, where does the first query stand?"


@pytest.mark.parametrize(
    ("got", "name"),
    [(10**400, None), (2 * 10**12 + 1, None), (2 * 10**12, "constant_factor"), (True, None)],
)
def test_a_whole_number_is_a_multiple_exactly_or_not_at_all(got, name):
    with pytest.raises(expect.Failed) as failed:
        expect.integer(got, 10**12, "the number")
    assert getattr(slips.of_failure(failed.value), "name", None) == name


def test_a_whole_number_that_is_a_float():
    with pytest.raises(expect.Failed) as failed:
        expect.integer(4.0, 4, "the number")
    assert slips.of_failure(failed.value).name == "float_for_int"


def test_a_wrong_shape_is_asked_about_as_a_shape():
    code = SOFTMAX + "    return torch.zeros(1, 2, 3, 4, 5)"
    check = graded("softmax", code).checks[0]
    assert not check.misconceptions and "shape" in check.asks


def test_an_error_is_quoted_without_the_advice_of_torch():
    code = SOFTMAX + (
        "    scores = (scores - scores.amax(dim, keepdim=True)).exp()\n"
        "    scores /= scores.sum(dim, keepdim=True)\n"
        "    return scores"
    )
    said = exercise_text(graded("softmax", code))
    assert "inplace operation" in said and "anomaly" not in said


def test_the_same_line_that_raises_is_told_once():
    code = SOFTMAX + "    raise KeyError(tuple(scores.shape))"
    said = exercise_text(graded("softmax", code))
    assert said.count("raise KeyError") == 1
    assert said.count("✗") == 2
