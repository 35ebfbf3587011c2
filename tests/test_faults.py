"""Faults put into a model's weights, and the views of lessons 06 and 07."""

import pytest
import torch
from attnlab import cache_view, chat, faults, grouping_views
from attnlab.decoder import Decoder, DecoderShape

from autograder import course

SHAPE = DecoderShape(
    vocabulary=11, d_model=12, num_layers=2, num_heads=6, num_kv_heads=2, d_head=4, d_hidden=8
)
TOKENS = torch.tensor([[1, 4, 2, 9, 4]])


@pytest.fixture
def model():
    torch.manual_seed(0)
    reference = course.reference_namespace("07_grouped_query")
    return Decoder(SHAPE, reference["GroupedQueryAttention"]).eval()


@pytest.mark.parametrize("name", faults.FAULTS)
@torch.no_grad()
def test_a_fault_changes_what_comes_out_and_leaves_no_trace(model, name):
    healthy = model(TOKENS)
    with faults.fault(model, name):
        assert not torch.allclose(model(TOKENS), healthy, atol=1e-4)
    assert torch.equal(model(TOKENS), healthy)


@torch.no_grad()
def test_tiled_is_the_order_of_the_wrong_repeat(model):
    heads = torch.arange(6.0).repeat_interleave(4)
    attention = model.layers[0].attention
    attention.q_proj.weight.copy_(heads[:, None].expand(24, 12))
    with faults.fault(model, "tiled"):
        first_of_each = attention.q_proj.weight[::4, 0].tolist()
    read = [int(head) for head in first_of_each]
    # Places 0 to 2 meet KV head 0. Tiled, head h meets h % 2, so the even heads stand there.
    assert read == [0, 2, 4, 1, 3, 5]


def test_no_fault_and_an_unknown_one(model):
    with faults.fault(model, None) as same:
        assert same is model
    with (
        pytest.raises(ValueError, match="no fault 'tilde'; there are: tiled"),
        faults.fault(model, "tilde"),
    ):
        pass


def test_an_answer_ends_at_its_end_token(model, monkeypatch):
    class Tokenizer:
        def encode(self, text):
            return type("Encoding", (), {"ids": [1, 2, 3]})

        def decode(self, tokens):
            return " ".join(map(str, tokens))

        def token_to_id(self, text):
            return 7

    written = [(5, None), (6, None), (7, None), (8, None)]
    monkeypatch.setattr(chat, "generate", lambda *_: iter(written))
    cache = course.reference_namespace("06_kv_cache")["KVCache"]
    grown = list(chat.reply(model, Tokenizer(), cache, "Hi"))
    per_token = 2 * 2 * 2 * 4 * 4
    assert grown == [("5", 4 * per_token), ("5 6", 5 * per_token)]


def test_the_wiring_refuses_what_does_not_divide():
    with pytest.raises(ValueError, match="4 KV heads do not divide 6 query heads"):
        grouping_views.draw_sharing(6, [4])


def test_a_step_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="there are the steps 0 to 2, not 3"):
        cache_view.draw_step(4, [2, 1], 3)


def test_the_views_are_sliders_in_a_live_notebook():
    sharing = grouping_views.try_sharing(heads=6)
    assert sharing.children[0].options == (6, 3, 2, 1)
    assert cache_view.step_through(4, [2, 1]).children[0].max == 2
