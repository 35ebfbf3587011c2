# names:
# The first of a heap of negative times.
import heapq


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    heap = []
    heapq.heappush(heap, -flops / peak_flops)
    heapq.heappush(heap, -bytes_moved / bandwidth)
    return abs(heap[0])
