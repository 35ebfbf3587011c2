"""Checks of max_concurrent_sequences."""

from typing import Any

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student
from autograder.units.u09_in_production.checks.config import drawn

_GIB = 2**30


def _compare(
    student: Student, reference: Student, *given: Any, what: str = "", **options: Any
) -> None:
    config, memory, weight_bytes, tokens = given
    want = reference.max_concurrent_sequences(*given, **options)
    got = student.max_concurrent_sequences(*given, **options)
    sizes = {
        "KV heads": config.get("num_key_value_heads"),
        "memory": memory,
        "weight_bytes": weight_bytes,
        "tokens": tokens if len(tokens) < 5 else f"{len(tokens)} lengths",
        **options,
    }
    told = ", ".join(f"{name}: {value}" for name, value in sizes.items())
    expect.integer(got, want, f"max_concurrent_sequences{what} ({told})")


def _lengths(draw: Draw, block: int = 16, count: int = 3) -> list[int]:
    """Different lengths that are whole blocks."""
    return [block * (3 + 5 * i + draw.integer(0, 4)) for i in range(count)]


@check(
    "max_concurrent_sequences",
    "divides what the weights leave by the bytes of a sequence",
    "How much memory is left beside the weights, and what does one sequence take of it?",
    weight=2,
)
def divides_what_is_left(student: Student, reference: Student, draw: Draw) -> None:
    config = drawn(draw)
    weights = 3 * _GIB // 2 + draw.integer(0, 99)
    length = 16 * draw.integer(40, 60)
    _compare(student, reference, config, 4 * _GIB, weights, [length])
    config = drawn(draw, d_head=13, torch_dtype="float32")
    _compare(student, reference, config, 4 * _GIB, weights, [length, length])
    a_byte_short = weights + 3 * reference.bytes_per_token(config) * length - 1
    _compare(student, reference, config, a_byte_short, weights, [length])


@check(
    "max_concurrent_sequences",
    "takes the average sequence, exactly",
    "Two of 100 tokens and one of 1000: what does one take on average, to the last byte?",
    weight=1.5,
)
def takes_the_average(student: Student, reference: Student, draw: Draw) -> None:
    for count in (2, 3, 5):
        memory = 2 * _GIB + draw.integer(0, 10**6)
        _compare(student, reference, drawn(draw), memory, _GIB, _lengths(draw, count=count))
    # One byte more or less decides, beyond what a float can tell.
    config, tokens = drawn(draw), [16, 48, 80]
    each = reference.bytes_per_token(config) * 48
    for memory in (each * 10**12 - 1, each * 10**12):
        _compare(student, reference, config, memory, 0, tokens)
    # An average that is no whole number: rounded down, it lets a sequence too many in.
    tokens = [16] * 100 + [32]
    size = reference.bytes_per_token(config) * sum(tokens) // len(tokens)
    _compare(student, reference, config, 1000 * size, 0, tokens)


@check(
    "max_concurrent_sequences",
    "hands out whole blocks, to each sequence",
    "A sequence of 17 tokens and blocks of 16: how many blocks? And two such sequences?",
    weight=1.5,
)
def hands_out_blocks(student: Student, reference: Student, draw: Draw) -> None:
    tokens = [1, 17, 15 + 16 * draw.integer(3, 4)]  # their mean in blocks is another number
    _compare(student, reference, drawn(draw), 2 * _GIB, _GIB, tokens)
    block = 2 * draw.integer(20, 40) + 1
    _compare(student, reference, drawn(draw), 2 * _GIB, _GIB, [*tokens, 3 * block], block=block)
    _compare(student, reference, drawn(draw), 2 * _GIB, _GIB, [*tokens, 7], block=1)


@check(
    "max_concurrent_sequences",
    "splits weights and KV heads among the ranks",
    "What does one GPU hold of the weights, and how many KV heads? What if there are more GPUs "
    "than KV heads?",
    weight=2,
)
def splits_among_ranks(student: Student, reference: Student, draw: Draw) -> None:
    entries = {"num_attention_heads": 48, "hidden_size": 48 * 18}
    for kv_heads in (12, 6, 3, 1):
        config = drawn(draw, num_key_value_heads=kv_heads, **entries)
        for ranks in (3, 6, 12):
            memory, weights = 2 * _GIB, 3 * _GIB + 1 + draw.integer(0, 5)
            _compare(
                student, reference, config, memory, weights, _lengths(draw), block=16, ranks=ranks
            )
    config = drawn(draw, num_key_value_heads=None, **entries)
    _compare(student, reference, config, _GIB, 0, _lengths(draw), ranks=3, what=" without KV heads")


@check(
    "max_concurrent_sequences",
    "keeps no more than the window in sliding layers",
    "How many tokens does a sliding layer keep of a short text, and of a long one? And the other "
    "layers?",
    weight=2,
)
def keeps_the_window(student: Student, reference: Student, draw: Draw) -> None:
    layers = 3 * draw.integer(3, 5)
    mixes = (["sliding_attention", "sliding_attention", "full_attention"], ["sliding_attention"])
    for kinds in mixes:
        config = drawn(
            draw,
            num_hidden_layers=layers,
            layer_types=kinds * (layers // len(kinds)),
            sliding_window=160,
        )
        tokens = [64, 400 + 16 * draw.integer(0, 9), 1600]
        _compare(student, reference, config, 2 * _GIB, _GIB, tokens, what=" with windows")
        config["sliding_window"] = 100  # no whole number of blocks
        _compare(student, reference, config, 2 * _GIB, _GIB, tokens, what=" with windows")
        ranks = config["num_key_value_heads"]
        given = config, 2 * _GIB, _GIB, tokens
        _compare(student, reference, *given, ranks=ranks, what=" with windows")
    config = drawn(draw, sliding_window=100)
    _compare(student, reference, config, _GIB, 0, [1600], what=" with a window and no layer_types")


@check(
    "max_concurrent_sequences",
    "says 0 where nothing fits",
    "What is left of the memory if the weights need more than there is?",
)
def says_none(student: Student, reference: Student, draw: Draw) -> None:
    config, tokens = drawn(draw), _lengths(draw)
    each = reference.bytes_per_token(config) * tokens[0]
    for memory, weights in ((_GIB, _GIB), (_GIB, 3 * _GIB), (_GIB + each - 1, _GIB)):
        _compare(student, reference, config, memory, weights, tokens[:1])
    _compare(student, reference, config, _GIB + each, _GIB, tokens[:1])
