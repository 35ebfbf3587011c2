# names: twins_dropped
# A set of points that were seen already.
from itertools import accumulate


def pareto_front(points):
    order = sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1], i))
    records = accumulate((points[i][1] for i in order), max)
    seen, front = set(), []
    for i, record in zip(order, records, strict=True):
        if points[i][1] == record and record not in seen:
            front.append(i)
        seen.add(record)
    return front
