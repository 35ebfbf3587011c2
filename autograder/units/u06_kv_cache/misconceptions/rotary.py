"""Misconceptions of ``rotary``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import (
    changes,
    returns_argument,
    returns_float32,
    returns_fresh_zeros,
    returns_zeros,
)

_EQUALS = "equals_the_reference"
_GIVEN = "takes_the_given_positions"
_TURNED = "turned = torch.cat((first * cos - second * sin, first * sin + second * cos), dim=-1)"
_ROTARY_RETURN = "return turned.to(x.dtype)"
_ANGLE = "angle = positions.to(x.device, work)[:, None] * speed"
_SPEED = "speed = base ** (-2 * pair / d_head)"
_CHUNKS = "first, second = x.to(work).chunk(2, dim=-1)"


def _rotary(old, new, fails=_EQUALS):
    return edit(old, new, fails=fails)


misconception(
    "positions_restart",
    says="positions are counted from 0 in every call",
    asks="The cache holds five tokens. Which position does the next one have?",
    rotary=[
        _rotary(
            _ANGLE,
            "angle = torch.arange(len(positions)).to(x.device, work)[:, None] * speed",
            _GIVEN,
        ),
        _rotary(_ANGLE, swap(_ANGLE, "positions.to", "(positions - positions.min()).to"), _GIVEN),
    ],
)
misconception(
    "interleaved_pairs",
    says="neighbouring numbers are taken for pairs, not numbers i and i + d_head / 2",
    asks="Which of the two conventions does the task name, and where is the partner of number 0?",
    rotary=[
        edit(
            _CHUNKS,
            "first, second = x.to(work)[..., 0::2], x.to(work)[..., 1::2]",
            _TURNED,
            swap(_TURNED, "cat", "stack") + ".flatten(-2)",
            fails=_EQUALS,
        ),
        edit(
            _CHUNKS, "first, second = x.to(work)[..., 0::2], x.to(work)[..., 1::2]", fails=_EQUALS
        ),
        _rotary(_TURNED, swap(_TURNED, "cat", "stack") + ".flatten(-2)"),
    ],
)
misconception(
    "two_conventions_mixed",
    says="the angles are laid out for one convention of pairs and the numbers for the other, so "
    "that the two numbers of a pair turn by different angles",
    asks="Take d_head = 4. Which angle stands at numbers 0 and 2, which are a pair?",
    rotary=[
        _rotary(
            _TURNED,
            "cos, sin = (each.repeat_interleave(2, dim=-1) for each in (cos, sin))\n"
            "turned = x.to(work) * cos + torch.cat((-second, first), dim=-1) * sin",
        ),
        _rotary(
            _TURNED,
            "cos, sin = (torch.cat((each, each), dim=-1) for each in (cos, sin))\n"
            "even, odd = x.to(work)[..., 0::2], x.to(work)[..., 1::2]\n"
            "turned = x.to(work) * cos + torch.stack((-odd, even), dim=-1).flatten(-2) * sin",
        ),
    ],
)
misconception(
    "turned_number_used_again",
    says="one half is computed from the other half after that has been turned already",
    asks="Both numbers of a turned pair are made of the old two. Do you still have the old ones?",
    rotary=[
        _rotary(
            _TURNED,
            "first = first * cos - second * sin\n"
            + swap(_TURNED, "first * cos - second * sin", "first"),
        ),
        _rotary(
            _TURNED,
            "second = first * sin + second * cos\n"
            + swap(_TURNED, "first * sin + second * cos", "second"),
        ),
    ],
)
misconception(
    "halves_not_exchanged",
    says="each half is mixed with itself: the partner of a number is never used",
    asks="A turned pair is (a cos - b sin, a sin + b cos). Which of yours holds a *and* b?",
    rotary=[
        _rotary(_TURNED, "turned = torch.cat((first * (cos - sin), second * (cos + sin)), dim=-1)"),
        _rotary(_TURNED, "turned = torch.cat((first * (cos + sin), second * (cos + sin)), dim=-1)"),
    ],
)
misconception(
    "halves_exchanged",
    says="the two halves of the result have changed places",
    asks="Position 0 turns nothing. Where should number 0 of x be then?",
    rotary=_rotary("return turned", "turned = turned.roll(d_head // 2, -1)\nreturn turned"),
)
misconception(
    "reflected",
    says="the signs make a mirror image of each pair, not a turn",
    asks="Position 0 turns nothing. What do your two lines make of the second number there?",
    rotary=_rotary(
        _TURNED,
        "turned = torch.cat((first * cos + second * sin, first * sin - second * cos), dim=-1)",
    ),
)
misconception(
    "added_not_turned",
    says="sines and cosines are added to the vector, as position embeddings are; nothing is turned",
    asks="A turn keeps the length of a pair. Does an addition?",
    rotary=[
        _rotary(_TURNED, f"turned = x.to(work) + torch.cat(({pair}), dim=-1)")
        for pair in ("sin, cos", "cos, sin")
    ],
)
misconception(
    "rotated_backwards",
    says="the vectors turn the other way round",
    asks="Take (1, 0) and a quarter turn. Should it become (0, 1) or (0, -1)?",
    rotary=_rotary("cos, sin = angle.cos(), angle.sin()", "cos, sin = angle.cos(), -angle.sin()"),
)
misconception(
    "base_ignored",
    says="the base is always 10000",
    asks="Where does your code use `base`?",
    rotary=_rotary("speed = base **", "speed = 10000.0 **", "uses_the_base"),
)
misconception(
    "half_exponent",
    says="the speeds are base ** (-i / d_head): the exponent lacks its factor 2",
    asks="The last pair should turn almost as slowly as 1 / base. How slow is yours?",
    rotary=_rotary("-2 * pair / d_head", "-pair / d_head"),
)
misconception(
    "double_exponent",
    says="the speeds are base ** (-4 i / d_head): the factor 2 is there twice",
    asks="The last pair should turn almost as slowly as 1 / base. How slow is yours?",
    rotary=_rotary("-2 * pair / d_head", "-4 * pair / d_head"),
)
misconception(
    "pairs_counted_from_one",
    says="the first pair has i = 1, not 0",
    asks="At position 1, by how many radians should the first pair turn?",
    rotary=_rotary("-2 * pair / d_head", "-2 * (pair + 1) / d_head"),
)
misconception(
    "slowest_at_the_base",
    says="the speeds go down to 1 / base itself, so every step between two pairs is too large",
    asks="Take d_head = 4. Is the exponent of the second pair -1 or -1/2?",
    rotary=_rotary("-2 * pair / d_head", "-pair / max(d_head // 2 - 1, 1)"),
)
misconception(
    "one_speed",
    says="all pairs turn at the speed of the first",
    asks="With one speed, which positions look alike after a full turn?",
    rotary=_rotary("-2 * pair / d_head", "-0.0 * pair / d_head"),
)
misconception(
    "speeds_reversed",
    says="the first pair is the slowest one, not the fastest",
    asks="What is base ** 0, and which pair has i = 0?",
    rotary=[
        _rotary(_SPEED, f"{_SPEED}.flip(0)"),
        _rotary("-2 * pair / d_head", "2 * pair / d_head"),
        _rotary("-2 * pair / d_head", "(2 * pair - d_head) / d_head"),
    ],
)
misconception(
    "positions_from_one",
    says="positions are counted one too high",
    asks="By how much should the vector at position 0 turn?",
    rotary=_rotary(
        "positions.to(x.device, work)[:, None]", "(1 + positions.to(x.device, work))[:, None]"
    ),
)
misconception(
    "low_precision_angles",
    says="the angles are computed in half precision, where far positions are rounded together",
    asks="What is torch.tensor(257, dtype=torch.bfloat16)?",
    rotary=[
        _rotary(
            "work = torch.promote_types(x.dtype, torch.float32)",
            "work = x.dtype",
            "far_positions_in_half_precision",
        ),
        _rotary(
            "positions.to(x.device, work)[:, None]",
            "positions.to(x.device, x.dtype)[:, None].to(work)",
            "far_positions_in_half_precision",
        ),
        _rotary(
            "cos, sin = angle.cos(), angle.sin()",
            "angle = angle.to(x.dtype).to(work)\ncos, sin = angle.cos(), angle.sin()",
            "far_positions_in_half_precision",
        ),
    ],
)
misconception(
    "second_half_not_turned",
    says="only the first half of the result is turned; the second is as it was",
    asks="A turn changes both numbers of a pair. What happens to the second of yours?",
    rotary=[
        _rotary("first * sin + second * cos)", "second + 0 * (first * sin + second * cos))"),
        _rotary("first * sin + second * cos)", "second * cos)"),
    ],
)
misconception(
    "sign_missing",
    says="both halves are added: the minus sign of the turn is missing",
    asks="A turn keeps lengths. Does yours?",
    rotary=_rotary("first * cos - second", "first * cos + second"),
)
misconception(
    "sin_cos_swapped",
    says="sine and cosine have changed places",
    asks="What should position 0 do to a vector, and what do cos 0 and sin 0 give?",
    rotary=_rotary("cos, sin = angle.cos(), angle.sin()", "cos, sin = angle.sin(), angle.cos()"),
)
misconception(
    "no_error_when_odd",
    says="an odd d_head is accepted, and a number is lost or left as it is",
    asks="Five numbers make two pairs. Who would notice the fifth?",
    rotary=[
        edit(
            "d_head % 2 != 0",
            "d_head < 0",
            _CHUNKS,
            "first, second = x.to(work)[..., : d_head // 2 * 2].chunk(2, dim=-1)",
            fails="refuses_an_odd_width",
        ),
        edit("d_head % 2 != 0", "d_head < 0", fails="refuses_an_odd_width"),
    ],
)
misconception(
    "wrong_device",
    rotary=_rotary(
        "torch.arange(d_head // 2, device=x.device,",
        "torch.arange(d_head // 2,",
        "rotary_gradient_and_device",
    ),
)
misconception(
    "wrong_dtype",
    rotary=[
        _rotary(_ROTARY_RETURN, "return turned", "far_positions_in_half_precision"),
        returns_float32("far_positions_in_half_precision"),
    ],
)
misconception("changes_inputs", rotary=changes("x", "rotary_gradient_and_device"))
misconception("returns_input", rotary=returns_argument("x", _EQUALS))
misconception(
    "returns_zeros",
    rotary=[
        returns_fresh_zeros(_EQUALS),
        returns_zeros(_EQUALS),
    ],
)
