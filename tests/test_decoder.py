"""The decoder of the lessons: by hand, against itself in chunks, and against the real model."""

import pytest
import torch
from attnlab import smollm2
from attnlab.decoder import Decoder, DecoderShape, Layer, generate
from record_role_maps import record as record_roles

from autograder import course

NAMES = course.reference_namespace("07_grouped_query")
SHAPE = DecoderShape(
    vocabulary=23, d_model=10, num_layers=2, num_heads=6, num_kv_heads=2, d_head=4, d_hidden=15
)
# Both compute in float32, in another order: largest difference measured 8e-5 at logits up to 40.
LOGIT_TOLERANCE = 1e-3


@pytest.fixture
def decoder():
    torch.manual_seed(0)
    return Decoder(SHAPE, NAMES["GroupedQueryAttention"]).double().eval()


def test_a_layer_is_two_additions():
    torch.manual_seed(0)
    layer = Layer(SHAPE, NAMES["GroupedQueryAttention"]).double()
    x = torch.randn(2, 5, 10, dtype=torch.float64)

    def norm(x):
        return x / (x.pow(2).mean(-1, keepdim=True) + SHAPE.norm_eps).sqrt()

    middle = x + layer.attention(norm(x))
    gate, up = norm(middle) @ layer.gate_proj.weight.T, norm(middle) @ layer.up_proj.weight.T
    want = middle + (gate * torch.sigmoid(gate) * up) @ layer.down_proj.weight.T
    torch.testing.assert_close(layer(x), want)


@pytest.mark.parametrize("cut", [[7], [1] * 7, [3, 1, 3]])
def test_chunks_give_the_logits_of_the_whole(decoder, cut):
    tokens = torch.randint(23, (3, 7))
    caches = decoder.new_caches(NAMES["KVCache"], 3, 8)
    parts = [decoder(chunk, caches) for chunk in tokens.split(cut, dim=1)]
    torch.testing.assert_close(torch.cat(parts, 1), decoder(tokens))


def test_text_is_written_alike_with_and_without_a_cache(decoder):
    tokens = torch.tensor([[5, 1, 7]])
    plain = [token for token, _ in generate(decoder, tokens, 9)]
    caches = decoder.new_caches(NAMES["KVCache"], 1, 12)
    assert [token for token, _ in generate(decoder, tokens, 9, caches)] == plain
    assert caches[0].length == 3 + 8  # the last token was not fed back


def test_every_weight_learns(decoder):
    decoder(torch.randint(23, (2, 4))).square().sum().backward()
    assert all(each.grad.abs().sum() > 0 for each in decoder.parameters())


@pytest.fixture(scope="module")
def real():
    return smollm2.load(NAMES["GroupedQueryAttention"])


@pytest.mark.slow
def test_the_pictures_of_unit_05_are_the_models(real):
    names = course.reference_namespace("05_what_heads_learn")
    tokens, maps = record_roles(*real)
    assert tokens == names["TOKENS"]
    assert list(maps) == list(names["PICTURES"])
    for name, weights in maps.items():
        assert torch.allclose(weights, names["PICTURES"][name], atol=7e-3), name


@pytest.mark.slow
def test_logits_agree_with_an_independent_implementation(real):
    model, tokenizer = real
    for recorded in smollm2.reference_logits()["prompts"]:
        assert tokenizer.encode(recorded["prompt"]).ids == recorded["tokens"]
        with torch.no_grad():
            logits = model(torch.tensor([recorded["tokens"]]))[0]
        got = logits.gather(1, torch.tensor(recorded["ids"]))
        torch.testing.assert_close(
            got, torch.tensor(recorded["logits"]), atol=LOGIT_TOLERANCE, rtol=0
        )


@pytest.mark.slow
def test_the_real_model_writes_the_recorded_text_with_a_cache(real):
    model, tokenizer = real
    for recorded in smollm2.reference_logits()["prompts"]:
        tokens = torch.tensor([recorded["tokens"]])
        steps = len(recorded["text_tokens"])
        caches = model.new_caches(NAMES["KVCache"], 1, tokens.shape[1] + steps)
        assert min(recorded["gaps"]) > 2 * LOGIT_TOLERANCE, "a tie: choose another prompt"
        written = [token for token, _ in generate(model, tokens, steps, caches)]
        assert written == recorded["text_tokens"]
        assert tokenizer.decode(written) == recorded["text"]


def test_rows_are_brought_from_pairs_to_halves():
    rows = torch.arange(8.0)[:, None]  # one head of width 4, twice: pairs (0, 1), (2, 3)
    assert smollm2.rotate_half_rows(rows, 4).flatten().tolist() == [0, 2, 1, 3, 4, 6, 5, 7]
