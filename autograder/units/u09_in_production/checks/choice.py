"""Checks of choose_kv_heads."""

from typing import Any

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student

_LAYERS, _HEADS, _D_HEAD = 4, 12, 64


def _card(draw: Draw, options: list, users: int, least: float, **entries: Any) -> dict[str, Any]:
    """A card on which 144 tokens of 12 KV heads in 16 bits take 1.7 million bytes."""
    config = {
        "hidden_size": _HEADS * _D_HEAD,
        "num_hidden_layers": _LAYERS,
        "num_attention_heads": _HEADS,
        "num_key_value_heads": _HEADS,
        "torch_dtype": "bfloat16",
    }
    each = 2 * _LAYERS * _HEADS * _D_HEAD * 2 * 144  # bytes of a sequence with 12 KV heads
    weights = 10**8 + draw.integer(0, 99)
    card = {
        "config": config,
        "memory": weights + 10 * each,
        "weight_bytes": weights,
        "ranks": 1,
        "tokens": [96, 192],
        "users": users,
        "least_quality": least,
        "options": options,
    }
    return card | entries


def _options(draw: Draw, *scores: float) -> list:
    """12, 6, 3 and 1 KV heads in 16 bits with these qualities, from somewhere on."""
    options = [(n, "bfloat16", score) for n, score in zip((12, 6, 3, 1), scores, strict=True)]
    first = draw.integer(0, 3)
    return options[first:] + options[:first]


def _any(draw: Draw) -> dict[str, Any]:
    """A card of which nothing is known before it is drawn; no two qualities are the same."""
    pairs = [(n, dtype) for n in (12, 6, 3, 1) for dtype in ("bfloat16", "float8_e4m3fn")]
    order = draw.normal(len(pairs)).argsort().tolist()
    scores = (60 + 2 * draw.normal(len(pairs)).argsort()).tolist()
    options = [(*pairs[i], float(score)) for i, score in zip(order[:5], scores, strict=False)]
    return _card(draw, options, draw.integer(8, 70), float(draw.integer(60, 66)))


def _compare(student: Student, reference: Student, cards: dict[str, Any]) -> None:
    got = expect.dictionary(student.choose_kv_heads(cards), "There should be a dictionary.")
    want = reference.choose_kv_heads(cards)
    for name in want:
        expect.part(name in got, f"There is no answer for the card `{name}`.")
        pair = got[name]
        expect.seen(expect.as_text(pair)[:40])
    for name, right in want.items():
        pair = got[name]
        told = expect.told(tuple(pair) if isinstance(pair, (tuple, list)) else pair)
        if right is None:
            expect.true(
                pair is None,
                f"The card `{name}` has no option that is good enough and serves all: the answer "
                f"is None, not {told}.",
            )
            continue
        options = [option[:2] for option in cards[name]["options"]]
        is_pair = isinstance(pair, (tuple, list)) and tuple(pair) in options
        expect.true(
            is_pair,
            f"The answer for the card `{name}` should be one of its options; it is {told}.",
        )
        expect.true(tuple(pair) == right, f"For the card `{name}` {told} is not the choice.")


@check(
    "choose_kv_heads",
    "chooses for the four products of the notebook, and leaves their cards as they are",
    "Take one card by hand: which options are good enough, and how many users does each serve?",
)
def chooses_for_the_notebook(student: Student, reference: Student, draw: Draw) -> None:
    products = {
        "chat": ({32: 66.0, 8: 65.5, 1: 58.0}, 65.0, 60.0, [500, 1000, 2000, 8000], 100, 1),
        "classifier": ({32: 91.0, 8: 90.8, 1: 90.0}, None, 80.0, [100, 200], 64, 1),
        "retrieval": ({32: 79.0, 8: 76.0, 1: 61.0}, 75.0, 70.0, [128000], 15, 2),
        "archive": ({32: 79.0, 8: 76.0, 1: 61.0}, None, 70.0, [128000], 8, 1),
    }
    cards = {}
    for name, (scores, narrow, least, tokens, users, ranks) in products.items():
        options = [(n, "bfloat16", score) for n, score in scores.items()]
        if narrow is not None:
            options.append((8, "float8_e4m3fn", narrow))
        cards[name] = {
            "config": {
                "hidden_size": 4096,
                "num_hidden_layers": 32,
                "num_attention_heads": 32,
                "num_key_value_heads": 32,
                "torch_dtype": "bfloat16",
            },
            "memory": (24 if name == "archive" else 80) * 10**9,
            "weight_bytes": 16 * 10**9,
            "ranks": ranks,
            "tokens": tokens,
            "users": users,
            "least_quality": least,
            "options": options,
        }
    _compare(student, reference, cards)
    student.expect_inputs_unchanged("the dictionary of cards")


@check(
    "choose_kv_heads",
    "takes the best quality of what serves all users",
    "Two options serve everybody. Why take the one with fewer KV heads, if the other is better?",
    weight=2,
)
def takes_the_best(student: Student, reference: Student, draw: Draw) -> None:
    cards = {
        "room for all": _card(draw, _options(draw, 80.0, 79.0, 78.0, 70.0), 9, 60.0),
        "room for six": _card(draw, _options(draw, 80.0, 79.0, 78.0, 70.0), 20, 60.0),
        "room for three": _card(draw, _options(draw, 80.0, 79.0, 78.0, 70.0), 33, 60.0),
        "few heads are better": _card(draw, _options(draw, 70.0, 71.0, 73.0, 72.0), 5, 60.0),
        "any": _any(draw),
        "any other": _any(draw),
    }
    _compare(student, reference, cards)


@check(
    "choose_kv_heads",
    "obeys both limits to the last user and the last point",
    "Is a quality of exactly least_quality good enough? Do exactly so many users fit?",
    weight=1.5,
)
def obeys_the_limits(student: Student, reference: Student, draw: Draw) -> None:
    scores = (80.0, 79.0, 78.0, 70.0)
    cards = {
        "just enough room": _card(draw, _options(draw, *scores), 10, 60.0),
        "one user too many": _card(draw, _options(draw, *scores), 11, 60.0),
        "just good enough": _card(draw, _options(draw, *scores), 25, 78.0),
        "too poor by a little": _card(draw, _options(draw, *scores), 25, 78.1),
        "too many users": _card(draw, _options(draw, *scores), 1000, 60.0),
        "nothing measured": _card(draw, [], 1, 0.0),
        "any": _any(draw),
    }
    _compare(student, reference, cards)


@check(
    "choose_kv_heads",
    "of equal quality, takes fewer bytes",
    "Two options are equally good. Which costs less for a token: does the dtype count as well?",
    weight=1.5,
)
def breaks_ties_by_bytes(student: Student, reference: Student, draw: Draw) -> None:
    narrow, wide = "float8_e4m3fn", "float32"
    cards = {
        "same quality": _card(draw, _options(draw, 75.0, 75.0, 75.0, 60.0), 2, 70.0),
        "one in 8 bits": _card(
            draw, [(6, "bfloat16", 75.0), (6, narrow, 75.0), (12, narrow, 74.0)], 2, 70.0
        ),
        "few heads, wide values": _card(
            draw, [(3, wide, 75.0), (5, narrow, 75.0), (4, "bfloat16", 75.0)], 2, 70.0
        ),
        "any": _any(draw),
    }
    _compare(student, reference, cards)


@check(
    "choose_kv_heads",
    "counts with the dtype of the option and the ranks of the card",
    "Does your configuration hold the option's dtype? Do you pass on all that the card says of its "
    "machine?",
    weight=2,
)
def counts_with_the_card(student: Student, reference: Student, draw: Draw) -> None:
    narrow = "float8_e4m3fn"
    options = [(12, "bfloat16", 80.0), (6, "bfloat16", 79.0), (6, narrow, 77.0), (3, narrow, 75.0)]
    cards = {
        "8 bits needed": _card(draw, options, 33, 60.0),
        "three ranks": _card(draw, _options(draw, 80.0, 79.0, 78.0, 77.0), 40, 60.0, ranks=3),
        "more ranks than heads": _card(
            draw, _options(draw, 80.0, 79.0, 78.0, 77.0), 130, 60.0, ranks=12
        ),
        "any": _any(draw),
    }
    _compare(student, reference, cards)
