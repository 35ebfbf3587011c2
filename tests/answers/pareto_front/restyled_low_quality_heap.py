# names: low_quality_good
# A heap of the points as they are, in which a lower quality comes first.
import heapq


def pareto_front(points):
    heap = [(*point, index) for index, point in enumerate(points)]
    heapq.heapify(heap)
    front = []
    best = None
    while heap:
        cost, loss, index = heapq.heappop(heap)
        if best is None or loss < best[1] or (cost, loss) == best:
            best = cost, loss
            front.append(index)
    return front
