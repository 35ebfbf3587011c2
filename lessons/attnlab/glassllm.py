"""glassllm: a decoder of 4 layers with 4 query heads on 2 KV heads, trained on Lewis Carroll."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from autograder import course

from .decoder import Decoder, DecoderShape
from .smollm2 import rotate_half_rows
from .weights import files_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NAME = "glassllm"
RECORDED = course.ROOT / "lessons" / "data" / "glassllm_logits.json"
MAX_LEN = 128
_SPECIAL = ["<pad>", "<unk>", "<bos>", "<eos>"]
_SPACE = "▁"
_RENAMED = {
    "norm1.gamma": "attention_norm",
    "attn.W_Q": "attention.q_proj",
    "attn.W_K": "attention.k_proj",
    "attn.W_V": "attention.v_proj",
    "attn.W_O": "attention.o_proj",
    "norm2.gamma": "mlp_norm",
    "ffn.W1": "gate_proj",
    "ffn.W3": "up_proj",
    "ffn.W2": "down_proj",
}


def load(attention: Callable[..., nn.Module]) -> tuple[Decoder, Tokenizer]:
    """glassllm's English model in float32, and its tokenizer. It was trained on 128 tokens.

    Args:
        attention: the class that is placed in every layer, see ``Decoder``.

    Returns:
        ``(model, tokenizer)``: a ``Decoder`` in evaluation mode and a ``tokenizers.Tokenizer``.

    Raises:
        MissingWeights: the files are not there.
    """
    weights, words = files_of(NAME)
    with np.load(weights) as stored:
        config = json.loads(str(stored["__config__"]))
        arrays = {name: torch.from_numpy(stored[name]).float() for name in stored if name[0] != "_"}
    shape = _shape(config, d_hidden=arrays["blocks.0.ffn.W1"].shape[1])
    with torch.device("meta"):
        model = Decoder(shape, attention)
    model.load_state_dict(_state(arrays, shape.d_head), assign=True)
    return model.requires_grad_(False).eval(), _tokenizer(words)


def reference_logits() -> dict:
    """What the package's own numpy code computed (``tests/record_glassllm_logits.py``)."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def _shape(config: dict, d_hidden: int) -> DecoderShape:
    return DecoderShape(
        vocabulary=config["vocab_size"],
        d_model=config["d_model"],
        num_layers=config["n_layers"],
        num_heads=config["n_heads"],
        num_kv_heads=config["n_kv_heads"],
        d_head=config["d_model"] // config["n_heads"],
        d_hidden=d_hidden,
        rope_base=config["rope_base"],
        norm_eps=config["eps"],
    )


def _state(arrays: dict[str, Tensor], d_head: int) -> dict[str, Tensor]:
    """All weights by the names that ``Decoder`` gives them; matrices are stored transposed."""
    state = {"embed.weight": arrays["E"], "norm.weight": arrays["norm_f.gamma"]}
    for name, values in arrays.items():
        if name.startswith("blocks."):
            layer, _, rest = name.removeprefix("blocks.").partition(".")
            weight = values.T.contiguous() if values.ndim == 2 else values
            if rest in ("attn.W_Q", "attn.W_K"):
                weight = rotate_half_rows(weight, d_head)
            state[f"layers.{layer}.{_RENAMED[rest]}.weight"] = weight
    return state


def _tokenizer(path: Path) -> Tokenizer:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
    from tokenizers.pre_tokenizers import Split

    kept = json.loads(path.read_text(encoding="utf-8"))
    merges = [(first, second) for first, second in kept["merges"]]
    tokens = [*_SPECIAL, *kept["alphabet"], *(first + second for first, second in merges)]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(" ", _SPACE)]
    )
    tokenizer.pre_tokenizer = Split(Regex(f"\n|{_SPACE}*[^{_SPACE}\n]+|{_SPACE}+"), "isolated")
    tokenizer.decoder = decoders.Sequence([decoders.Replace(_SPACE, " "), decoders.Fuse()])
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in _SPECIAL])
    return tokenizer
