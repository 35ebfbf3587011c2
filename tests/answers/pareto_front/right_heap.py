# names:
# A heap hands out the cheapest candidate that is left.
import heapq
import math


def pareto_front(points):
    heap = [(cost, -quality, index) for index, (cost, quality) in enumerate(points)]
    heapq.heapify(heap)
    front, last = [], (None, math.inf)
    while heap:
        cost, loss, index = heapq.heappop(heap)
        if loss < last[1] or (cost, loss) == last:
            front.append(index)
            last = (cost, loss)
    return front
