# names:
# A class for a step; the start by extrapolating to no bytes at all.
from dataclasses import dataclass


@dataclass(order=True)
class Step:
    size: int
    seconds: float


def explain_steps(first, second, group_size):
    low, high = sorted((Step(*first), Step(*second)))
    seconds_per_byte = (high.seconds - low.seconds) / (high.size - low.size)
    at_nothing = low.seconds - low.size * seconds_per_byte
    if seconds_per_byte <= 0:
        raise ValueError("faster with more bytes")
    if at_nothing < 0:
        raise ValueError("negative start")
    saved = high.size * seconds_per_byte * (1 - 1 / group_size)
    result = {"bandwidth": 1 / seconds_per_byte, "start": at_nothing}
    result["memory_from"] = at_nothing / seconds_per_byte
    result["gain"] = high.seconds / (high.seconds - saved)
    return result
