"""Relations between the words of a sentence, and the heads of a model that follow them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .kept import DATA
from .traces import Model, attention_weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer

REACH = 10
"""Offsets that a baseline may be: so many words before to so many behind."""


@dataclass(frozen=True)
class Sentence:
    """Words, and for each its syntactic head (the root's is itself) and the relation to it."""

    words: list[str]
    head: list[int]
    dep: list[str]


@dataclass(frozen=True)
class Relation:
    """A relation that a head may follow: from which word to which.

    Attributes:
        name: what a table calls it.
        dep: its label in the data.
        up: from the dependent to its head; else from the head to the dependent.
    """

    name: str
    dep: str
    up: bool = True


RELATIONS = (
    Relation("object to its verb", "dobj"),
    Relation("verb to its object", "dobj", up=False),
    Relation("verb to its subject", "nsubj", up=False),
    Relation("subject to its verb", "nsubj"),
    Relation("noun to its preposition", "pobj"),
    Relation("preposition to its noun", "pobj", up=False),
    Relation("noun to its article", "det", up=False),
    Relation("article to its noun", "det"),
    Relation("adjective to its noun", "amod"),
    Relation("noun to its adjective", "amod", up=False),
    Relation("passive verb to its auxiliary", "auxpass", up=False),
    Relation("verb to its auxiliary", "aux", up=False),
    Relation("'is' to what something is", "attr", up=False),
    Relation("what something is to 'is'", "attr"),
    Relation("noun to its owner", "poss", up=False),
    Relation("second of two to the first", "conj"),
)


def sentences() -> list[Sentence]:
    """600 sentences of Wikipedia with labels made by a machine."""
    kept = json.loads((DATA / "wiki_dependencies.json").read_text(encoding="utf-8"))
    return [
        Sentence(words.split(), [int(each) for each in head.split()], dep.split())
        for words, head, dep in kept["sentences"]
    ]


def targets(sentence: Sentence, relation: Relation) -> Tensor:
    """For each word the word that the relation leads to, ``(L,)``; -1 where it leads nowhere."""
    found = torch.full((len(sentence.words),), -1)
    for i, (head, dep) in enumerate(zip(sentence.head, sentence.dep, strict=True)):
        if dep == relation.dep:
            found[i if relation.up else head] = head if relation.up else i
    return found


def word_weights(model: Model, tokenizer: Tokenizer, words: Sequence[str]) -> Tensor:
    """Attention between words, ``(layers, H, L, L)``; what goes to special tokens is left out.

    Of a word of several tokens, what they get is added and what they give is averaged (Clark et al.
    2019, section 4.1). A decoder gets a token in front that it can rest on.
    """
    ids, owners = _tokens(model, tokenizer, words)
    weights = attention_weights(model, torch.tensor(ids))  # (layers, H, tokens, tokens)
    owned = torch.tensor(owners)[None] == torch.arange(len(words))[:, None]  # (L, tokens)
    owned = owned.to(weights.dtype)
    given = owned / owned.sum(1, keepdim=True)
    return given @ weights @ owned.T


def _tokens(
    model: Model, tokenizer: Tokenizer, words: Sequence[str]
) -> tuple[list[int], list[int]]:
    """Token ids and for each the number of its word; -1 for special tokens."""
    if not model.causal:
        encoded = tokenizer.encode(list(words), is_pretokenized=True)
        return encoded.ids, [-1 if each is None else each for each in encoded.word_ids]
    ids, owners = [0], [-1]
    for i, word in enumerate(words):
        parts = tokenizer.encode(f" {word}" if i else word).ids
        ids += parts
        owners += [i] * len(parts)
    return ids, owners


@dataclass
class Tally:
    """How often each head, and each fixed offset, found the target, sentence by sentence.

    Attributes:
        hits: ``(sentences, layers * H)``.
        offset_hits: ``(sentences, 2 * REACH + 1)``, offsets from -REACH on.
        counts: ``(sentences,)``, how many targets there were.
    """

    hits: Tensor
    offset_hits: Tensor
    counts: Tensor


def points_to(weights: Tensor) -> Tensor:
    """The other word that gets most from each word: ``(..., L, L)`` to ``(..., L)``."""
    own = torch.eye(weights.shape[-1], dtype=torch.bool)
    return weights.masked_fill(own, -1.0).argmax(-1)


def tally(maps: Sequence[Tensor], goals: Sequence[Tensor]) -> Tally:
    """Count hits.

    Args:
        maps: of each sentence the weights between its words, ``(layers, H, L, L)``.
        goals: of each sentence ``(L,)``, from ``targets``.
    """
    hits, offset_hits, counts = [], [], []
    offsets = torch.arange(-REACH, REACH + 1)
    for weights, goal in zip(maps, goals, strict=True):
        rows = (goal >= 0).nonzero()[:, 0]
        found = points_to(weights).flatten(0, 1)[:, rows] == goal[rows]  # (heads, rows)
        hits.append(found.sum(1))
        offset_hits.append((rows[:, None] + offsets == goal[rows][:, None]).sum(0))
        counts.append(len(rows))
    return Tally(torch.stack(hits), torch.stack(offset_hits), torch.tensor(counts))


@dataclass(frozen=True)
class Finding:
    """A head and an offset that were chosen on some sentences, and what they score on others."""

    head: int
    chosen: float
    held_out: float
    offset: int
    baseline: float
    count: int


def choose(counted: Tally, on: Tensor, test: Tensor) -> Finding:
    """The best head and the best fixed offset on sentences ``on``, scored on ``test`` as well.

    Args:
        counted: from ``tally``.
        on, test: indices of sentences.
    """

    def shares(hits: Tensor, rows: Tensor) -> Tensor:
        return hits[rows].sum(0) / counted.counts[rows].sum().clamp(min=1)

    before, after = shares(counted.hits, on), shares(counted.hits, test)
    head = int(before.argmax())
    offset = int(shares(counted.offset_hits, on).argmax())
    return Finding(
        head,
        float(before[head]),
        float(after[head]),
        offset - REACH,
        float(shares(counted.offset_hits, test)[offset]),
        int(counted.counts[test].sum()),
    )


def halves(count: int) -> tuple[Tensor, Tensor]:
    """Indices of the sentences with even and with odd numbers."""
    numbers = torch.arange(count)
    return numbers[::2], numbers[1::2]
