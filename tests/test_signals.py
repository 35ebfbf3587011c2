"""A model whose attention can be broken and watched."""

import pytest
import torch
from attnlab.decoder import Decoder, DecoderShape
from attnlab.signals import bands, divergence, repeated, run
from attnlab.watched import ATTENTION_FAULTS, HEALTHY, AttentionFault, Watched

from autograder import course

SHAPE = DecoderShape(50, 36, 19, 6, 2, 6, 40, rope_base=100_000.0)


def models():
    """The same weights around the course's attention, and around the watched one."""
    torch.manual_seed(0)
    attention = course.reference_namespace("07_grouped_query")["GroupedQueryAttention"]
    right, watched = Decoder(SHAPE, attention).double(), Decoder(SHAPE, Watched).double()
    for weight in right.parameters():
        weight.requires_grad_(False)
    for layer in right.layers:
        for each in ("q_proj", "k_proj"):
            layer.get_parameter(f"attention.{each}.weight").mul_(6)
    watched.load_state_dict(right.state_dict())
    return right, watched.requires_grad_(False)


@pytest.fixture(scope="module")
def pair():
    return models()


@pytest.fixture(scope="module")
def tokens():
    return torch.randint(50, (230,), generator=torch.Generator().manual_seed(1))


def test_without_a_fault_it_is_grouped_query_attention(pair, tokens):
    right, watched = pair
    logits, seen = run(watched, tokens)
    torch.testing.assert_close(logits, right(tokens[None])[0])
    assert seen.finite and seen.leak == 0


@pytest.mark.parametrize("wrong", ATTENTION_FAULTS, ids=lambda wrong: wrong.name)
def test_every_fault_shows_in_the_logits_and_is_gone_afterwards(pair, tokens, wrong):
    _, watched = pair
    healthy, _ = run(watched, tokens)
    logits, _ = run(watched, tokens, wrong)
    assert divergence(logits, healthy).max() > 1e-6
    torch.testing.assert_close(run(watched, tokens)[0], healthy, rtol=0, atol=0)


def test_a_fault_of_one_layer_leaves_the_others(pair, tokens):
    _, watched = pair
    before = [layer.attention.q_proj.weight.clone() for layer in watched.layers]
    seen = []
    hooks = [
        layer.attention.register_forward_pre_hook(
            lambda module, _: seen.append(module.q_proj.weight.clone())
        )
        for layer in watched.layers
    ]
    run(watched, tokens, AttentionFault("tiled", weights="tiled", layers=(3,)))
    for hook in hooks:
        hook.remove()
    changed = [i for i, weight in enumerate(before) if not torch.equal(weight, seen[i])]
    assert changed == [3]


def test_what_a_leak_and_a_scale_do_to_the_signals(pair, tokens):
    _, watched = pair
    _, healthy = run(watched, tokens)
    faults = {each.name: each for each in ATTENTION_FAULTS}
    assert run(watched, tokens, faults["one token ahead is seen"])[1].leak > 0
    sharp = run(watched, tokens, faults["no 1/sqrt(d_head)"])[1]
    flat = run(watched, tokens, faults["divided by d_head"])[1]
    assert sharp.entropy < healthy.entropy < flat.entropy
    assert sharp.max_score > healthy.max_score > flat.max_score


def test_the_divergence_knows_no_constant_and_no_identical_run():
    logits = torch.randn(4, 9, dtype=torch.float64)
    torch.testing.assert_close(divergence(logits + 3, logits), torch.zeros(4).double())
    assert bool((divergence(torch.randn(4, 9).double(), logits) > 0).all())


def test_bands_are_what_was_seen_and_a_little_more():
    runs = [
        dict.fromkeys(("loss", "entropy", "sink", "max_score", "leak"), value)
        for value in (2.0, 3.0)
    ]
    low, high = bands(runs)["loss"]
    assert (low, high) == pytest.approx((1.9, 3.1))


def test_random_tokens_come_twice():
    tokens = repeated(3, copy=7)
    assert torch.equal(tokens[:7], tokens[7:]) and len(tokens) == 14
    assert HEALTHY.name == "as trained"
