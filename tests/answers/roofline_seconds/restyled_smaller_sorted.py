# names: smaller_of_times
# The front of a heap that has the smallest in front.
import heapq


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    heap = [flops / peak_flops, bytes_moved / bandwidth]
    heapq.heapify(heap)
    return heapq.heappop(heap)
