"""Checks of pool_kv_heads."""

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import expect_state, projection_shapes
from autograder.grading.student_protocol import Student
from autograder.units.shared.inputs import large

from .refusals import expect_refusal


def _mha_state(
    draw: Draw, bias: bool, d_model: int | None = None
) -> tuple[dict[str, torch.Tensor], tuple[int, int]]:
    """Weights of multi-head attention, and (H, H_kv) to bring them to."""
    drawn, h, h_kv, d_head = draw.sizes("d_model", "H", "H_kv", "d_head")
    return draw.state(projection_shapes(d_model or drawn, h * d_head, bias)), (h, h_kv)


def _compare_pooled(
    student: Student, reference: Student, state: dict[str, torch.Tensor], *args: int | str
) -> None:
    want = reference.pool_kv_heads(state, *args)
    expect_state(student.pool_kv_heads(state, *args), want)


@check(
    "pool_kv_heads",
    "takes the mean of the KV heads of each group, of weights and of biases",
    "Which rows of k_proj.weight belong to head 0? Which heads will share KV head 0?",
    weight=2,
)
def takes_the_mean(student: Student, reference: Student, draw: Draw) -> None:
    for bias in (False, True):
        state, heads = _mha_state(draw, bias)
        _compare_pooled(student, reference, state, *heads)
    with torch.no_grad():
        for (d_model, h_kv, d_head), _ in large(draw, "d_model", "H_kv", "d_head"):
            state = draw.state(projection_shapes(d_model, 2 * h_kv * d_head, False))
            _compare_pooled(student, reference, state, 2 * h_kv, h_kv)


@check(
    "pool_kv_heads",
    "takes the first KV head of each group when told",
    "Which head is the first of the second group?",
)
def takes_the_first(student: Student, reference: Student, draw: Draw) -> None:
    state, heads = _mha_state(draw, True)
    _compare_pooled(student, reference, state, *heads, "first")


@check(
    "pool_kv_heads",
    "at the ends: one KV head for all, and as many as before",
    "Over what do you take the mean when there is one group, or when groups have one member?",
)
def pools_at_both_ends(student: Student, reference: Student, draw: Draw) -> None:
    state, (h, _) = _mha_state(draw, True)
    for h_kv in (1, h):
        _compare_pooled(student, reference, state, h, h_kv)


@check(
    "pool_kv_heads",
    "draws fresh weights of the same spread when told",
    "What is the standard deviation of the old weights? Are two draws the same?",
)
def draws_fresh_weights(student: Student, reference: Student, draw: Draw) -> None:
    state, (h, h_kv) = _mha_state(draw, True, d_model=48)
    state = {name: value * 1.7 if "k_proj" in name else value for name, value in state.items()}
    want = reference.pool_kv_heads(state, h, h_kv)
    before = student.torch.get_rng_state()
    draws = [student.pool_kv_heads(state, h, h_kv, "random") for _ in range(2)]
    after = student.torch.get_rng_state()
    for got in draws:
        expect.true(
            isinstance(got, dict) and sorted(map(str, got)) == sorted(want),
            "The names should be those of how='mean'.",
        )
        for name in ("q_proj.weight", "o_proj.weight"):
            kept = isinstance(got[name], torch.Tensor) and torch.equal(got[name], state[name])
            expect.true(kept, f"{name} should stay as it is.")
        for name in want:
            fits = isinstance(got[name], torch.Tensor) and got[name].shape == want[name].shape
            expect.true(fits, f"{name} should be a tensor of the shape {tuple(want[name].shape)}.")
    for name in ("k_proj.weight", "v_proj.weight"):
        first, second = (got[name] for got in draws)
        expect.true(
            not bool(torch.equal(first, second)),
            f"Two draws of {name} should differ; they are equal.",
            "random_not_random",
        )
        known = torch.isin(first, state[name]).double().mean().item()
        expect.true(
            known < 0.5,
            f"{name} should be fresh; most of its numbers stand in the old weights.",
            "random_reuses_old",
        )
        expect.true(
            len(first.unique()) > first.numel() / 2,
            f"{name} should be drawn number by number; most of its numbers are alike.",
        )
        ratio = first.double().std().item() / state[name].double().std().item()
        expect.true(
            0.8 < ratio < 1.25,
            f"{name} should spread as the old weights do (standard deviation); it does not.",
            "random_wrong_spread",
        )
    k, v = (draws[0][f"{name}_proj.weight"].double().flatten() for name in "kv")
    alike = torch.corrcoef(torch.stack([k, v]))[0, 1].abs().item()
    expect.true(
        alike < 0.5, "Keys and values should each get weights of their own; they have the same."
    )
    expect.true(
        not torch.equal(before, after),
        "Random weights should come from torch's generator, the one that torch.manual_seed sets.",
        "random_not_from_torch",
    )


@check(
    "pool_kv_heads",
    "refuses KV heads that do not divide, and an unknown way",
    "What does your function do with how='median'?",
)
def refuses_to_pool(student: Student, reference: Student, draw: Draw) -> None:
    state, (h, h_kv) = _mha_state(draw, False)
    expect_refusal(
        student,
        lambda: student.pool_kv_heads(state, h, h - 1),
        f"pool_kv_heads from {h} to {h - 1} KV heads should raise a ValueError.",
    )
    expect_refusal(
        student,
        lambda: student.pool_kv_heads(state, h, h_kv, "median"),
        "how='median' should raise a ValueError.",
        "no_error_unknown_how",
    )
    accepted = student.pool_kv_heads(state, h, h_kv)
    expect.dictionary(accepted, f"pool_kv_heads from {h} to {h_kv} KV heads should give a dict.")


@check(
    "pool_kv_heads",
    "is right, and leaves the weights that are given as they are",
    "Which of your lines writes into a tensor of `state`?",
)
def leaves_the_weights(student: Student, reference: Student, draw: Draw) -> None:
    state, heads = _mha_state(draw, True)
    _compare_pooled(student, reference, state, *heads)
    weights = [f"the weight {name}" for name in state]
    student.expect_inputs_unchanged(*weights, "the dictionary of weights")
