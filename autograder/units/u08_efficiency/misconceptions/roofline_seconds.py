"""Misconceptions of ``roofline_seconds``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap

_ROOF = "return max(flops / peak_flops, bytes_moved / bandwidth)"
_AT_MEMORY, _AT_COMPUTE = "roofline_memory", "roofline_arithmetic"
misconception(
    "sum_of_times",
    says="the two times are added, as if the machine never read and computed at once",
    asks="While one block is multiplied, what can the memory do?",
    roofline_seconds=edit(
        _ROOF, "return flops / peak_flops + bytes_moved / bandwidth", fails=_AT_MEMORY
    ),
)
misconception(
    "smaller_of_times",
    says="the smaller of the two times is taken",
    asks="Who waits for whom: the faster one for the slower, or the other way round?",
    roofline_seconds=edit(_ROOF, swap(_ROOF, "max", "min"), fails=_AT_MEMORY),
)
misconception(
    "compute_only",
    says="only the arithmetic takes time",
    asks="How long does it take to read the bytes?",
    roofline_seconds=edit(_ROOF, "return flops / peak_flops", fails=_AT_MEMORY),
)
misconception(
    "memory_only",
    says="only the reading takes time",
    asks="How long do the FLOPs take?",
    roofline_seconds=edit(_ROOF, "return bytes_moved / bandwidth", fails=_AT_COMPUTE),
)
misconception(
    "ceilings_swapped",
    says="the two ceilings have changed places",
    asks="FLOPs over bytes per second: which unit is that?",
    roofline_seconds=edit(
        _ROOF, "return max(flops / bandwidth, bytes_moved / peak_flops)", fails=_AT_MEMORY
    ),
)
misconception(
    "upside_down",
    says="the rates are divided by what there is to do: that is how often a second, not how long",
    asks="FLOPs per second over FLOPs: which unit is that?",
    roofline_seconds=[
        edit(
            _ROOF, f"return {which}(peak_flops / flops, bandwidth / bytes_moved)", fails=_AT_MEMORY
        )
        for which in ("max", "min")
    ],
)
misconception(
    "mean_of_times",
    says="the mean of the two times is taken",
    asks="One of the two takes 10 seconds, the other 2. When are both done?",
    roofline_seconds=edit(
        _ROOF, "return (flops / peak_flops + bytes_moved / bandwidth) / 2", fails=_AT_MEMORY
    ),
)
misconception(
    "multiplied",
    says="an amount is multiplied by a rate, not divided by it",
    asks="10 bytes at 5 bytes a second: how many seconds?",
    roofline_seconds=edit(
        _ROOF, "return max(flops * peak_flops, bytes_moved * bandwidth)", fails=_AT_MEMORY
    ),
)
misconception(
    "inverted_ratio",
    says="the intensity is taken as bytes per FLOP, not FLOPs per byte",
    asks="Bandwidth times intensity should give FLOPs per second. With which unit do you end up?",
    roofline_seconds=[
        edit(
            _ROOF,
            "return flops / min(peak_flops, bytes_moved / flops * bandwidth)",
            fails=_AT_MEMORY,
        ),
    ],
)
misconception(
    "rate_not_seconds",
    says="it is the FLOPs per second that can be reached, not seconds",
    asks="Seconds: what is to be divided by what?",
    roofline_seconds=edit(
        _ROOF, "return min(peak_flops, flops / bytes_moved * bandwidth)", fails=_AT_MEMORY
    ),
)
