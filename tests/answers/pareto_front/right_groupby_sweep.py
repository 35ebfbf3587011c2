# names:
# A sweep by rising cost with itertools.groupby, a generator keeps the best quality so far.
from itertools import groupby


def _sweep(points):
    best = None
    by_cost = sorted(range(len(points)), key=lambda i: (points[i][0], i))
    for _, same in groupby(by_cost, key=lambda i: points[i][0]):
        same = list(same)
        top = max(points[i][1] for i in same)
        if best is None or top > best:
            best = top
            yield from (i for i in same if points[i][1] == top)


def pareto_front(points):
    """Indices of the points that no other point beats."""
    return [*_sweep(points)]
