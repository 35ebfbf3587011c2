"""Checks of bytes_per_token."""

from typing import Any

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student

SIZES = {"float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1}


def drawn(draw: Draw, d_head: int | None = None, **entries: Any) -> dict[str, Any]:
    """A configuration whose numbers are no powers of two and pairwise different.

    Args:
        draw: where they come from.
        d_head: given where it is not ``hidden_size`` over the query heads.
        entries: further entries, or others in place of what is drawn.
    """
    kv_heads = 2 * draw.integer(1, 3) + 1
    heads = draw.integer(3, 5) * kv_heads
    config = {
        "hidden_size": heads * 6 * draw.integer(2, 4),
        "num_hidden_layers": 11 + 2 * draw.integer(0, 6),
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "torch_dtype": "bfloat16",
    }
    if d_head is not None:
        config["head_dim"] = d_head
    return config | entries


def _compare(student: Student, reference: Student, config: dict[str, Any], what: str) -> None:
    want = reference.bytes_per_token(config)
    told = ", ".join(f"{name}: {value}" for name, value in config.items())
    expect.integer(student.bytes_per_token(config), want, f"{what} ({told})")


@check(
    "bytes_per_token",
    "counts keys and values of the KV heads in all layers",
    "What does one layer keep for one token? How many numbers, in how many bytes?",
    weight=2,
)
def counts_heads(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in ("bfloat16", "float32"):
        config = drawn(draw, torch_dtype=dtype)
        _compare(student, reference, config, "bytes_per_token of a plain file")
    heads = 3 * (10**9 + 2 * draw.integer(0, 9) + 1)  # odd: more digits than a float holds
    config = drawn(draw, d_head=1048573, num_attention_heads=heads, num_key_value_heads=heads)
    _compare(student, reference, config, "bytes_per_token of a huge model")


@check(
    "bytes_per_token",
    "reads every dtype, under either name",
    "Under which two names may the dtype stand? How many bytes has a value of each?",
)
def reads_the_dtype(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in SIZES:
        config = drawn(draw, torch_dtype=dtype)
        _compare(student, reference, config, "bytes_per_token")
        del config["torch_dtype"]
        _compare(student, reference, config | {"dtype": dtype}, "bytes_per_token")


@check(
    "bytes_per_token",
    "takes head_dim where it is given",
    "The file says how wide a head is. Does it matter what hidden_size over heads would be?",
    weight=1.5,
)
def takes_head_dim(student: Student, reference: Student, draw: Draw) -> None:
    _compare(student, reference, drawn(draw, d_head=13 + 2 * draw.integer(0, 5)), "with head_dim")
    config = drawn(draw, d_head=64, num_attention_heads=64, hidden_size=2880)
    _compare(student, reference, config, "the shape of gpt-oss")


@check(
    "bytes_per_token",
    "copes with what is missing or None",
    "What does a model have that names no KV heads? How wide is a head that nobody names?",
    weight=1.5,
)
def copes_with_what_is_missing(student: Student, reference: Student, draw: Draw) -> None:
    config = drawn(draw)
    _compare(student, reference, config | {"head_dim": None}, "with head_dim None")
    _compare(student, reference, config | {"num_key_value_heads": None}, "with KV heads None")
    del config["num_key_value_heads"]
    _compare(student, reference, config, "without KV heads")
    _compare(student, reference, config | {"head_dim": 13}, "with head_dim, without KV heads")
    _compare(student, reference, config | {"kv_lora_rank": None}, "with kv_lora_rank None")


@check(
    "bytes_per_token",
    "counts what latent attention keeps",
    "Which two vectors does MLA keep for a token? Are they kept once, or for each head?",
    weight=2,
)
def counts_latents(student: Student, reference: Student, draw: Draw) -> None:
    for rank, rotary in ((512, 64), (48 + draw.integer(0, 9), 10 + draw.integer(0, 5))):
        latent = {"kv_lora_rank": rank, "qk_rope_head_dim": rotary}
        _compare(student, reference, drawn(draw, **latent), "with latent attention")
