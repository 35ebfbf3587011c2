# names: points_not_indices
# The heap holds the points alone, and so does the result.
import heapq


def pareto_front(points):
    heap = [(cost, -quality) for cost, quality in points]
    heapq.heapify(heap)
    front = []
    while heap:
        cost, loss = heapq.heappop(heap)
        point = (cost, -loss)
        if not front or point[1] > front[-1][1] or point == front[-1]:
            front.append(point)
    return front
