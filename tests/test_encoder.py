"""The encoder of the lessons: a layer by hand, padding, and the real model."""

import pytest
import torch
from attnlab import minilm
from attnlab.encoder import Encoder, EncoderShape, Layer

from autograder import course

NAMES = course.reference_namespace("04_multi_head")
SHAPE = EncoderShape(
    vocabulary=23,
    d_model=12,
    num_layers=2,
    num_heads=3,
    num_kv_heads=3,
    d_head=4,
    d_hidden=15,
    max_len=9,
)


def test_a_layer_adds_twice_and_norms_after_each():
    torch.manual_seed(0)
    layer = Layer(SHAPE, NAMES["MultiHeadAttention"]).double()
    x = torch.randn(2, 5, 12, dtype=torch.float64)

    def norm(x):
        centred = x - x.mean(-1, keepdim=True)
        return centred / (centred.pow(2).mean(-1, keepdim=True) + SHAPE.norm_eps).sqrt()

    def gelu(x):
        return x * (1 + torch.erf(x / 2**0.5)) / 2

    middle = norm(x + layer.attention(x))
    hidden = gelu(middle @ layer.up_proj.weight.T + layer.up_proj.bias)
    want = norm(middle + hidden @ layer.down_proj.weight.T + layer.down_proj.bias)
    torch.testing.assert_close(layer(x), want)


def test_padding_changes_nothing_and_positions_do():
    torch.manual_seed(0)
    model = Encoder(SHAPE, NAMES["MultiHeadAttention"]).double().eval()
    tokens = torch.randint(23, (3, 5))
    padded = torch.cat((tokens, torch.zeros(3, 2, dtype=torch.long)), dim=1)
    mask = (torch.arange(7) < 5).expand(
        3, 7
    )  # B is H: a padding mask of three axes would mask heads
    torch.testing.assert_close(model(padded, mask)[:, :5], model(tokens))
    assert not torch.allclose(model(padded)[:, :5], model(tokens))
    assert not torch.allclose(model(tokens.flip(1)).flip(1), model(tokens))


@pytest.fixture(scope="module")
def real():
    return minilm.load(NAMES["MultiHeadAttention"])


@pytest.mark.slow
def test_similarities_are_those_of_the_models_own_library(real):
    # Printed by sentence-transformers, in its documentation "Semantic Textual Similarity".
    pairs = {
        ("The new movie is awesome", "The new movie is so great"): 0.8939,
        ("The cat sits outside", "The dog plays in the garden"): 0.2838,
        ("A man is playing guitar", "A woman watches TV"): -0.0327,
    }
    for pair, want in pairs.items():
        first, second = minilm.vectors(*real, pair)
        assert float(first @ second) == pytest.approx(want, abs=1e-4)


@pytest.mark.slow
def test_a_batch_gives_each_text_its_own_vector(real):
    texts = ["The dog chased the ball.", "Rain.", "A much longer text about nothing in particular"]
    together = minilm.vectors(*real, texts)
    for text, vector in zip(texts, together, strict=True):
        torch.testing.assert_close(minilm.vectors(*real, [text])[0], vector, atol=1e-5, rtol=0)
