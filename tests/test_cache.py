"""The reference of units 06 and 07: exact for every cut, and GQA between its two ends."""

import pytest
import torch
import torch.utils.flop_counter
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import course
from autograder.units.shared.cached_module import every_cut

NAMES = course.reference_namespace("07_grouped_query")
FOUR = course.reference_namespace("04_multi_head")
SIX = course.reference_namespace("06_kv_cache")


def module(kind, rope_base):
    torch.manual_seed(0)
    if kind == "CachedAttention":
        made = SIX[kind](14, 6, d_head=4, bias=True, rope_base=rope_base)
    else:
        made = NAMES[kind](14, 6, 2, d_head=4, bias=True, rope_base=rope_base)
    return made.double().eval()


def whole(made, x):
    if isinstance(made, SIX["CachedAttention"]):
        return made(x)
    return made(x, mask=NAMES["causal_mask"](x.shape[1]))


def in_chunks(made, x, cut):
    kv_heads = made.k_proj.out_features // 4
    cache = NAMES["KVCache"](x.shape[0], kv_heads, x.shape[1], 4, torch.float64)
    return torch.cat([made(chunk, cache=cache) for chunk in x.split(cut, dim=1)], dim=1)


@pytest.mark.parametrize("kind", ["CachedAttention", "GroupedQueryAttention"])
@pytest.mark.parametrize("rope_base", [None, 100.0])
def test_every_cut_of_a_short_sequence_is_exact(kind, rope_base):
    made, x = module(kind, rope_base), torch.randn(3, 7, 14, dtype=torch.float64)
    want = whole(made, x)
    for cut in every_cut(7):
        torch.testing.assert_close(in_chunks(made, x, cut), want, rtol=0, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=2, max_size=9), st.sampled_from([None, 10000.0]))
def test_drawn_cuts_of_longer_sequences_are_exact(cut, rope_base):
    made = module("GroupedQueryAttention", rope_base)
    x = torch.randn(2, sum(cut), 14, dtype=torch.float64)
    torch.testing.assert_close(in_chunks(made, x, cut), whole(made, x), rtol=0, atol=1e-12)


@pytest.mark.parametrize("num_kv_heads", [6, 3, 2, 1])
def test_gqa_is_mha_with_equal_heads(num_kv_heads):
    torch.manual_seed(0)
    gqa = NAMES["GroupedQueryAttention"](14, 6, num_kv_heads, d_head=4, bias=True).double()
    mha = FOUR["MultiHeadAttention"](14, 6, d_head=4).double()
    wide = dict(gqa.state_dict())
    for name in ("k_proj.weight", "v_proj.weight", "k_proj.bias", "v_proj.bias"):
        heads = wide[name].unflatten(0, (num_kv_heads, 4))
        wide[name] = heads.repeat_interleave(6 // num_kv_heads, 0).flatten(0, 1)
    mha.load_state_dict(wide)
    x = torch.randn(2, 5, 14, dtype=torch.float64)
    torch.testing.assert_close(gqa(x), mha(x), rtol=0, atol=1e-12)
    pooled = NAMES["pool_kv_heads"](wide, 6, num_kv_heads)
    for name, want in gqa.state_dict().items():
        torch.testing.assert_close(pooled[name], want)


@pytest.mark.parametrize(
    ("layers", "kv_heads", "d_head", "per_token"),
    [
        (32, 32, 128, 524_288),  # Llama-2-7B
        (80, 8, 128, 327_680),  # Llama-2-70B
        (80, 64, 128, 2_621_440),  # the same with a KV head for each head: 2.5 MiB
        (32, 8, 128, 131_072),  # Llama-3-8B
        (16, 8, 64, 32_768),  # Llama-3.2-1B
        (18, 1, 256, 18_432),  # Gemma-2B
        (28, 16, 256, 458_752),  # Gemma-7B
        (30, 3, 64, 23_040),  # SmolLM2-135M
    ],
)
def test_bytes_per_token_of_real_models(layers, kv_heads, d_head, per_token):
    assert SIX["kv_cache_bytes"](layers, kv_heads, d_head, 1) == per_token
    cost = NAMES["attention_cost"](64, 2 * kv_heads, kv_heads, d_head, 1, 1)
    assert layers * cost["kv_bytes"] == per_token


def test_the_cost_counts_the_weights_and_flops_of_the_module():
    made = module("GroupedQueryAttention", None)
    x = torch.randn(3, 5, 14, dtype=torch.float64)
    cost = NAMES["attention_cost"](14, 6, 2, 4, 5, 5, batch=3)
    assert cost["parameters"] == sum(each.numel() for each in made.parameters() if each.dim() == 2)
    with torch.utils.flop_counter.FlopCounterMode(display=False) as counter:
        made(x)
    assert counter.get_total_flops() == cost["projection_flops"] + cost["attention_flops"]
