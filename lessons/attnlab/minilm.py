"""all-MiniLM-L6-v2 with the learner's attention in it: an encoder for the meaning of sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from .encoder import Encoder, EncoderShape
from .weights import files_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NAME = "all-MiniLM-L6-v2"
SHAPE = EncoderShape(
    vocabulary=30522,
    d_model=384,
    num_layers=6,
    num_heads=12,
    num_kv_heads=12,
    d_head=32,
    d_hidden=1536,
    max_len=512,
)
_RENAMED = {
    "attention.self.query": "attention.q_proj",
    "attention.self.key": "attention.k_proj",
    "attention.self.value": "attention.v_proj",
    "attention.output.dense": "attention.o_proj",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "up_proj",
    "output.dense": "down_proj",
    "output.LayerNorm": "mlp_norm",
}


def load(attention: Callable[..., nn.Module]) -> tuple[Encoder, Tokenizer]:
    """MiniLM in float32, and its tokenizer, which puts [CLS] and [SEP] around a text.

    Args:
        attention: the class that is placed in every layer, see ``Encoder``.

    Returns:
        ``(model, tokenizer)``: an ``Encoder`` in evaluation mode and a ``tokenizers.Tokenizer``
        that neither pads nor cuts.

    Raises:
        MissingWeights: the files are not there.
    """
    weights, words = files_of(NAME)
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    with torch.device("meta"):
        model = Encoder(SHAPE, attention)
    model.load_state_dict(_state(load_file(weights)), assign=True)
    tokenizer = Tokenizer.from_file(str(words))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return model.requires_grad_(False).eval(), tokenizer


def batch(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Tokens of several texts, padded: ``(tokens (B, L), mask (B, L))``, True = no padding."""
    ids = [encoded.ids[: SHAPE.max_len] for encoded in tokenizer.encode_batch(list(texts))]
    longest = max(map(len, ids))
    tokens = torch.tensor([each + [0] * (longest - len(each)) for each in ids])
    lengths = torch.tensor([len(each) for each in ids])
    return tokens, torch.arange(longest) < lengths[:, None]


@torch.no_grad()
def vectors(model: Encoder, tokenizer: Tokenizer, texts: Sequence[str]) -> Tensor:
    """A vector of length 1 for each text, ``(B, d_model)``: the mean over its tokens."""
    tokens, mask = batch(tokenizer, texts)
    hidden = model(tokens, mask) * mask[:, :, None]  # (B, L, d_model)
    return nn.functional.normalize(hidden.sum(1) / mask.sum(1, keepdim=True), dim=-1)


def _state(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """All weights by the names that ``Encoder`` gives them."""
    # A text is never one of a pair here: the vector of "first text" is added to every position.
    first = stored["embeddings.token_type_embeddings.weight"][0]
    state = {
        "embed.weight": stored["embeddings.word_embeddings.weight"],
        "positions.weight": stored["embeddings.position_embeddings.weight"] + first,
        "norm.weight": stored["embeddings.LayerNorm.weight"],
        "norm.bias": stored["embeddings.LayerNorm.bias"],
    }
    for name, values in stored.items():
        if name.startswith("encoder.layer."):
            layer, _, rest = name.removeprefix("encoder.layer.").partition(".")
            old, _, kind = rest.rpartition(".")
            state[f"layers.{layer}.{_RENAMED[old]}.{kind}"] = values
    return state
