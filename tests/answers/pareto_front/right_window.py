# names:
# A window of candidates that nothing has beaten yet, and objects that know whether they beat.
from dataclasses import dataclass


@dataclass(frozen=True)
class _Candidate:
    index: int
    cost: float
    quality: float

    def __gt__(self, other):
        ours, theirs = (-self.cost, self.quality), (-other.cost, other.quality)
        return ours != theirs and all(a >= b for a, b in zip(ours, theirs, strict=True))


def pareto_front(points):
    window = []
    for index, (cost, quality) in enumerate(points):
        new = _Candidate(index, cost, quality)
        if any(old > new for old in window):
            continue
        window = [old for old in window if not new > old] + [new]
    window.sort(key=lambda candidate: (candidate.cost, candidate.index))
    return [candidate.index for candidate in window]
