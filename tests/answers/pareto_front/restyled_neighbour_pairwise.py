# names: neighbour_only
# Pairs of neighbours in the sorted order.
from itertools import pairwise


def pareto_front(points):
    order = sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1], i))
    front = order[:1]
    for cheaper, dearer in pairwise(order):
        step = points[dearer][1] - points[cheaper][1]
        same_cost = points[dearer][0] == points[cheaper][0]
        if step > 0 or (step == 0 and same_cost):
            front.append(dearer)
    return front
