# names: high_cost_good
# The sweep begins at the dear end and keeps what raises the record.
import math


def pareto_front(points):
    record, holder = -math.inf, None
    front = []
    for i in sorted(range(len(points)), key=lambda i: (*points[i], -i), reverse=True):
        if points[i][1] > record or tuple(points[i]) == holder:
            record, holder = points[i][1], tuple(points[i])
            front.append(i)
    return sorted(front, key=lambda i: (points[i][0], i))
