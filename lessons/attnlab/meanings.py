"""Sentences in which a head must know what words mean: place and grammar do not tell."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .relations import REACH, Tally, word_weights
from .traces import Model

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True)
class Question:
    """Words, the one that asks, the right and the wrong one, and the number of the item."""

    words: list[str]
    asking: int
    right: int
    wrong: int
    item: int


_RELATED = (
    ("doctor", "hospital"),
    ("teacher", "school"),
    ("pilot", "plane"),
    ("sailor", "ship"),
    ("farmer", "tractor"),
    ("judge", "court"),
    ("king", "crown"),
    ("baker", "bread"),
    ("painter", "brush"),
    ("soldier", "gun"),
    ("fisherman", "net"),
    ("priest", "church"),
)
_NAMES = (
    ("Mary", "John"),
    ("Susan", "Peter"),
    ("Anna", "Paul"),
    ("Emma", "David"),
    ("Laura", "George"),
    ("Alice", "Robert"),
    ("Sarah", "Thomas"),
    ("Julia", "Henry"),
)


def _related_nouns() -> list[Question]:
    """The third noun belongs to the first or to the second: each pair stands in both places."""
    questions = []
    for i, (person, thing) in enumerate(_RELATED):
        for step in (2, 4, 6):
            other = _RELATED[(i + step) % len(_RELATED)][0]
            for first, second in ((person, other), (other, person)):
                words = f"The {first} and the {second} talked about the {thing} .".split()
                right = words.index(person)
                questions.append(Question(words, 8, right, words.index(other), item=i))
    return questions


def _pronouns() -> list[Question]:
    """A woman and a man, in both orders, and "she" or "he"."""
    questions = []
    for (item, (woman, man)), (pronoun, who), swapped in itertools.product(
        enumerate(_NAMES), (("she", 0), ("he", 1)), (False, True)
    ):
        first, second = (man, woman) if swapped else (woman, man)
        words = f"{first} met {second} in the park , and then {pronoun} went home .".split()
        names = (woman, man)
        right, wrong = words.index(names[who]), words.index(names[1 - who])
        questions.append(Question(words, words.index(pronoun), right, wrong, item))
    return questions


KINDS = {"noun to the related noun": _related_nouns(), "pronoun to its name": _pronouns()}


def halves(questions: list[Question]) -> tuple[Tensor, Tensor]:
    """Indices of the questions of items with even and with odd numbers.

    A word that is asked for in one half occurs in the other neither as a right nor as a wrong one.
    """
    odd = torch.tensor([question.item % 2 for question in questions])
    return (odd == 0).nonzero()[:, 0], (odd == 1).nonzero()[:, 0]


def count(model: Model, tokenizer: Tokenizer, questions: list[Question]) -> Tally:
    """A hit is more weight on the right word than on the wrong one: by chance, one in two.

    Every question stands beside its mirror image, so no fixed offset does better than chance.
    """
    hits, offsets = [], []
    for question in questions:
        row = word_weights(model, tokenizer, question.words)[:, :, question.asking].flatten(0, 1)
        hits.append(row[:, question.right] > row[:, question.wrong])  # (heads,)
        steps = torch.arange(-REACH, REACH + 1) + question.asking
        offsets.append(steps == question.right)
    ones = torch.ones(len(questions), dtype=torch.long)
    return Tally(torch.stack(hits).long(), torch.stack(offsets).long(), ones)
