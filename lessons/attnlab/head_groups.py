"""Heads of an encoder that share keys and values: who shares with whom, and what it costs."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from . import minilm
from .encoder import Encoder
from .training import text_of_python

if TYPE_CHECKING:
    from tokenizers import Tokenizer

State = dict[str, Tensor]
Groups = list[list[int]]


def neighbours(num_heads: int, count: int) -> Groups:
    """Heads 0, 1, ... in order."""
    size = num_heads // count
    return [list(range(i * size, (i + 1) * size)) for i in range(count)]


def at_random(num_heads: int, count: int, seed: int) -> Groups:
    """Heads in an order that the seed chooses."""
    order = random.Random(seed).sample(range(num_heads), num_heads)
    return [[order[i] for i in group] for group in neighbours(num_heads, count)]


def alike(distance: Tensor, count: int) -> Groups:
    """Equal groups of heads that are near each other.

    Greedy: the closest pair that is left, and then whoever is nearest to the group on average.

    Args:
        distance: ``(H, H)``, symmetric, 0 = alike; negated it gives groups of unlike heads.
        count: how many groups.
    """
    left, groups = list(range(len(distance))), []
    size = len(distance) // count
    while left:
        group = [left[0]]
        if size > 1:
            pairs = [(float(distance[a, b]), a, b) for a in left for b in left if a < b]
            group = list(min(pairs)[1:])
        while len(group) < size:
            rest = [head for head in left if head not in group]
            group.append(min(rest, key=lambda head: float(distance[head, group].mean())))
        groups.append(group)
        left = [head for head in left if head not in group]
    return groups


def reordered(state: State, groups: Groups) -> State:
    """The same attention with its heads in the order of the groups; it computes the same."""
    order = torch.tensor([head for group in groups for head in group])

    def rows(weight: Tensor) -> Tensor:
        return weight.unflatten(0, (len(order), -1))[order].flatten(0, 1)

    kept = {name: rows(each) for name, each in state.items() if not name.startswith("o_proj")}
    columns = rows(state["o_proj.weight"].T).T
    return kept | {"o_proj.weight": columns, "o_proj.bias": state["o_proj.bias"]}


def shared(
    model: Encoder,
    groups: Sequence[Groups],
    attention: Callable[..., nn.Module],
    pool: Callable[..., State],
) -> Encoder:
    """The encoder with one KV head for each group, by mean, and no further training.

    Args:
        model: with a KV head for each head; left as it is.
        groups: of each layer.
        attention, pool: ``GroupedQueryAttention`` and ``pool_kv_heads`` of unit 07.
    """
    fewer = copy.deepcopy(model)
    heads, count = model.shape.num_heads, len(groups[0])
    for layer, own in zip(fewer.layers, groups, strict=True):
        old = {k: v.detach() for k, v in layer.get_submodule("attention").state_dict().items()}
        new = attention(model.shape.d_model, heads, count, bias=True)
        new.load_state_dict(pool(reordered(old, own), heads, count, "mean"))
        layer.attention = new.requires_grad_(False)
    return fewer


def paragraphs(count: int = 150, words: int = 40) -> list[tuple[str, str]]:
    """First and second halves of paragraphs of Python's manual, with at least so many words."""
    found = []
    for paragraph in text_of_python().split("\n\n"):
        own = paragraph.split()
        letters = sum(each.isalpha() for each in own)
        if len(own) >= words and letters > 0.7 * len(own):
            middle = len(own) // 2
            found.append((" ".join(own[:middle]), " ".join(own[middle:])))
    return random.Random(0).sample(found, min(count, len(found)))


def retrieval(
    model: Encoder, tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]]
) -> dict[str, float]:
    """How well a first half finds its own second half, by similarity, among all.

    Returns:
        ``recall``, the share found in the first place, and ``reciprocal``, the mean of 1 / place.
    """
    first, second = (_vectors(model, tokenizer, side) for side in zip(*pairs, strict=True))
    similar = first @ second.T  # (pairs, pairs)
    place = (similar >= similar.diagonal()[:, None]).sum(1).double()
    found = {"recall": (place == 1).double().mean(), "reciprocal": (1 / place).mean()}
    return {name: round(float(value), 3) for name, value in found.items()}


def _vectors(model: Encoder, tokenizer: Tokenizer, texts: Sequence[str]) -> Tensor:
    """``minilm.vectors`` of texts, those of like length together."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors = torch.empty(len(texts), model.shape.d_model)
    for i in range(0, len(order), 10):
        part = order[i : i + 10]
        vectors[part] = minilm.vectors(model, tokenizer, [texts[each] for each in part])
    return vectors
