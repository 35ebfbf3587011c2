# names: twins_dropped
# A dictionary with the points as keys, where a later twin overwrites the earlier one.
import math


def pareto_front(points):
    index_of = {(cost, -quality): i for i, (cost, quality) in enumerate(points)}
    front, record = [], math.inf
    for cost, loss in sorted(index_of):
        if loss < record:
            record = loss
            front.append(index_of[cost, loss])
    return front
