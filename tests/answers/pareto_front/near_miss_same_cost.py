# names:
# Only points of the same cost compete.
from collections import defaultdict


def pareto_front(points):
    shelves = defaultdict(list)
    for i, (cost, _) in enumerate(points):
        shelves[cost].append(i)
    front = []
    for cost in sorted(shelves):
        top = max(points[i][1] for i in shelves[cost])
        front.extend(i for i in shelves[cost] if points[i][1] == top)
    return front
