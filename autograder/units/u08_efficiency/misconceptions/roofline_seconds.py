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
    "rate_not_seconds",
    says="it is the FLOPs per second that can be reached, not seconds",
    asks="Seconds: what is to be divided by what?",
    roofline_seconds=edit(
        _ROOF, "return min(peak_flops, flops / bytes_moved * bandwidth)", fails=_AT_MEMORY
    ),
)
