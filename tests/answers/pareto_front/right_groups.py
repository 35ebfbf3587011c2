# names:
# Points of one cost at a time, the best of which has to raise the record.
from itertools import groupby


def pareto_front(points):
    def cost_of(index):
        return points[index][0]

    front = []
    record = float("-inf")
    for _, group in groupby(sorted(range(len(points)), key=cost_of), key=cost_of):
        group = list(group)
        best = max(points[i][1] for i in group)
        if best > record:
            front += [i for i in group if points[i][1] == best]
            record = best
    return front
