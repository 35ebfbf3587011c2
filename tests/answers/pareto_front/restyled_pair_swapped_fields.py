# names: pair_swapped
# The fields of the named tuple are in the other order.
from collections import namedtuple

_Candidate = namedtuple("_Candidate", "quality cost")


def pareto_front(points):
    candidates = {i: _Candidate(*point) for i, point in enumerate(points)}
    front = dict(candidates)
    for i, one in candidates.items():
        for other in candidates.values():
            if other != one and other.cost <= one.cost and other.quality >= one.quality:
                front.pop(i, None)
    return sorted(front, key=lambda i: (front[i].cost, i))
