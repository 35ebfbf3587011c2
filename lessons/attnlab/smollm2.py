"""SmolLM2-135M with the learner's attention in it: weights and tokenizer from one GGUF file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from autograder import course

from .decoder import Decoder, DecoderShape
from .weights import MissingWeights, files_of

if TYPE_CHECKING:
    from gguf import GGUFReader
    from tokenizers import Tokenizer

__all__ = ["NAME", "MissingWeights", "load", "reference_logits", "rotate_half_rows"]
NAME = "SmolLM2-135M-Instruct"
RECORDED = course.ROOT / "lessons" / "data" / "smollm2_logits.json"
_RENAMED = {
    "attn_norm": "attention_norm",
    "attn_q": "attention.q_proj",
    "attn_k": "attention.k_proj",
    "attn_v": "attention.v_proj",
    "attn_output": "attention.o_proj",
    "ffn_norm": "mlp_norm",
    "ffn_gate": "gate_proj",
    "ffn_up": "up_proj",
    "ffn_down": "down_proj",
}


def load(attention: Callable[..., nn.Module]) -> tuple[Decoder, Tokenizer]:
    """SmolLM2-135M in float32, and its tokenizer.

    Args:
        attention: the class that is placed in every layer, see ``Decoder``.

    Returns:
        ``(model, tokenizer)``: a ``Decoder`` in evaluation mode and a ``tokenizers.Tokenizer``.

    Raises:
        MissingWeights: the file with the weights is not there.
    """
    (path,) = files_of(NAME)
    from gguf import GGUFReader

    reader = GGUFReader(path)
    fields = {name: field.contents() for name, field in reader.fields.items() if name[0] != "G"}
    with torch.device("meta"):
        model = Decoder(_shape(fields), attention)
    model.load_state_dict(_state(reader, model.shape), assign=True)
    return model.requires_grad_(False).eval(), _tokenizer(fields)


def reference_logits() -> dict:
    """What an independent implementation computed (``tests/record_smollm2_logits.py``)."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def _shape(fields: dict[str, Any]) -> DecoderShape:
    llama = {name.removeprefix("llama."): value for name, value in fields.items()}
    return DecoderShape(
        vocabulary=llama["vocab_size"],
        d_model=llama["embedding_length"],
        num_layers=llama["block_count"],
        num_heads=llama["attention.head_count"],
        num_kv_heads=llama["attention.head_count_kv"],
        d_head=llama["rope.dimension_count"],
        d_hidden=llama["feed_forward_length"],
        rope_base=llama["rope.freq_base"],
        norm_eps=llama["attention.layer_norm_rms_epsilon"],
    )


def _state(reader: GGUFReader, shape: DecoderShape) -> dict[str, torch.Tensor]:
    """All weights by the names that ``Decoder`` gives them."""
    from gguf.quants import dequantize

    state = {}
    for each in reader.tensors:
        values = torch.tensor(dequantize(each.data, each.tensor_type), dtype=torch.float32)
        block, _, rest = each.name.partition(".")
        if block == "blk":
            layer, name, _ = rest.split(".")
            if name in ("attn_q", "attn_k"):
                values = rotate_half_rows(values, shape.d_head)
            state[f"layers.{layer}.{_RENAMED[name]}.weight"] = values
        else:
            state["embed.weight" if block == "token_embd" else "norm.weight"] = values
    return state


def rotate_half_rows(weight: torch.Tensor, d_head: int) -> torch.Tensor:
    """Rows of ``q_proj`` or ``k_proj`` for rotate-half, from rows for interleaved pairs.

    Files in GGUF format store the rows of each head as pair 0, pair 1, ...: rotate-half wants the
    first of every pair, then the second of every pair.

    Args:
        weight: ``(heads * d_head, d_model)``.
        d_head: width of one head.
    """
    pairs = weight.unflatten(0, (-1, d_head // 2, 2))  # (heads, pair, 2, d_model)
    return pairs.transpose(1, 2).flatten(0, 2)  # (heads * d_head, d_model)


def _tokenizer(fields: dict[str, Any]) -> Tokenizer:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokens = fields["tokenizer.ggml.tokens"]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    control = 3
    kinds = fields["tokenizer.ggml.token_type"]
    special = [token for token, kind in zip(tokens, kinds, strict=True) if kind == control]
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    return tokenizer
