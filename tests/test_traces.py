"""Attention weights of every head, and heads that are switched."""

import json

import pytest
import torch
from attnlab import glassllm
from attnlab.decoder import Decoder, DecoderShape
from attnlab.encoder import Encoder, EncoderShape
from attnlab.traces import attention_weights, gated, masked
from record_real_heads import MODELS, RECORDED, record

from autograder import course

NAMES = course.reference_namespace("07_grouped_query")
SIZES = {"vocabulary": 23, "d_model": 20, "num_layers": 2, "num_heads": 6, "d_hidden": 15}


@pytest.fixture
def decoder():
    torch.manual_seed(0)
    shape = DecoderShape(**SIZES, num_kv_heads=2, d_head=4, rope_base=300.0)
    return Decoder(shape, NAMES["GroupedQueryAttention"]).double().eval()


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    shape = EncoderShape(**SIZES, num_kv_heads=6, d_head=4, max_len=9)
    mha = course.reference_namespace("04_multi_head")["MultiHeadAttention"]
    return Encoder(shape, lambda d_model, heads: mha(d_model, heads, d_head=4)).double().eval()


def heads_found(model, weights, x, layer):
    """What attention returns if its weights are these: ``o_proj`` of the weighted values."""
    attention = model.layers[layer].attention
    values = attention.v_proj(x).unflatten(-1, (-1, 4)).transpose(1, 2)  # (B, H_kv, L, d_head)
    values = values.repeat_interleave(6 // values.shape[1], dim=1)
    return attention.o_proj((weights @ values).transpose(1, 2).flatten(2))


def attended(model, *inputs):
    """What comes into the attention of each layer, and what comes out."""
    seen = []
    for layer in model.layers:
        layer.attention.register_forward_hook(lambda _, x, y: seen.append((x[0], y)))
    model(*inputs)
    return seen


def test_a_decoders_weights_are_those_it_used(decoder):
    tokens = torch.randint(23, (3, 7))
    weights = attention_weights(decoder, tokens)
    assert weights.shape == (2, 3, 6, 7, 7)
    assert weights.triu(1).abs().max() == 0
    for layer, (x, output) in enumerate(attended(decoder, tokens)):
        torch.testing.assert_close(heads_found(decoder, weights[layer], x, layer), output)


def test_an_encoders_weights_are_those_it_used_and_leave_padding_out(encoder):
    tokens = torch.randint(23, (6, 7))
    mask = torch.arange(7) < torch.tensor([7, 3, 5, 1, 6, 2])[:, None]
    weights = attention_weights(encoder, tokens, mask)
    assert weights.shape == (2, 6, 6, 7, 7)
    assert weights.masked_fill(mask[:, None, None], 0).abs().max() == 0
    for layer, (x, output) in enumerate(attended(encoder, tokens, mask)):
        torch.testing.assert_close(heads_found(encoder, weights[layer], x, layer), output)


def test_one_text_has_no_batch_axis(decoder):
    tokens = torch.randint(23, (7,))
    torch.testing.assert_close(
        attention_weights(decoder, tokens), attention_weights(decoder, tokens[None])[:, 0]
    )


def test_gates_of_one_change_nothing_and_none_is_left_behind(decoder):
    tokens = torch.randint(23, (2, 5))
    plain = decoder(tokens)
    with gated(decoder, torch.ones(2, 6, dtype=torch.float64)):
        torch.testing.assert_close(decoder(tokens), plain, rtol=0, atol=0)
    with gated(decoder, torch.zeros(2, 6, dtype=torch.float64)):
        assert not torch.allclose(decoder(tokens), plain)
    torch.testing.assert_close(decoder(tokens), plain, rtol=0, atol=0)


@pytest.mark.parametrize("head", [0, 4])
def test_a_gate_of_zero_takes_out_the_columns_of_its_head(decoder, head):
    tokens = torch.randint(23, (2, 5))
    gates = torch.ones(2, 6, dtype=torch.float64)
    gates[1, head] = 0
    with gated(decoder, gates):
        got = decoder(tokens)
    projection = decoder.layers[1].attention.o_proj
    with torch.no_grad():
        projection.weight[:, 4 * head : 4 * head + 4] = 0
    torch.testing.assert_close(got, decoder(tokens))


def test_gradients_reach_the_gates(encoder):
    gates = torch.ones(2, 6, dtype=torch.float64, requires_grad=True)
    with gated(encoder.requires_grad_(False), gates):
        encoder(torch.randint(23, (2, 5)))[:, 0, 0].sum().backward()
    assert (gates.grad != 0).all()


def test_gates_of_another_shape_are_refused(decoder):
    with pytest.raises(ValueError, match=r"\(2, 6\)"), gated(decoder, torch.ones(6)):
        pass


def test_another_mask_is_used_while_it_lasts(decoder):
    tokens = torch.randint(23, (2, 7))
    plain = decoder(tokens)
    window = torch.ones(7, 7, dtype=torch.bool).tril().triu(-1)
    with masked(decoder, window):
        narrow = decoder(tokens)
    # Two layers that see the token before: the last position depends on the last three tokens.
    torch.testing.assert_close(narrow[:, :2], plain[:, :2])
    assert not torch.allclose(narrow[:, -1], plain[:, -1])
    tokens[:, :4] = 0
    with masked(decoder, window):
        torch.testing.assert_close(decoder(tokens)[:, -1], narrow[:, -1])
    torch.testing.assert_close(decoder(tokens)[:, 0], decoder(tokens[:, :1])[:, 0])


@pytest.mark.slow
def test_glassllm_agrees_with_its_own_implementation():
    model, tokenizer = glassllm.load(NAMES["GroupedQueryAttention"])
    for recorded in glassllm.reference_logits()["prompts"]:
        assert tokenizer.encode(recorded["prompt"]).ids == recorded["tokens"]
        assert tokenizer.decode(recorded["tokens"]) == recorded["prompt"]
        with torch.no_grad():
            logits = model(torch.tensor([recorded["tokens"]]))[0]
        got = logits.gather(1, torch.tensor(recorded["ids"]))
        torch.testing.assert_close(got, torch.tensor(recorded["logits"]), atol=1e-4, rtol=0)


@pytest.mark.slow
@pytest.mark.parametrize("source", MODELS, ids=lambda each: each.NAME)
def test_the_recorded_heads_of_lesson_01_are_the_models(source):
    kept = json.loads(RECORDED.read_text(encoding="utf-8"))["models"][source.NAME]
    fresh = record(source)
    assert fresh["tokens"] == kept["tokens"]
    for now, then in zip(fresh["heads"], kept["heads"], strict=True):
        assert (now["layer"], now["head"]) == (then["layer"], then["head"])
        torch.testing.assert_close(
            torch.tensor(now["weights"]), torch.tensor(then["weights"]), atol=2e-3, rtol=0
        )
