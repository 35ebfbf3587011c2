# names:
# The two ends of the front alone.
def pareto_front(points):
    if not points:
        return []
    indices = range(len(points))
    cheapest = min(indices, key=lambda i: (points[i][0], -points[i][1]))
    best = max(indices, key=lambda i: (points[i][1], -points[i][0]))
    ends = [tuple(points[cheapest]), tuple(points[best])]
    return sorted((i for i in indices if tuple(points[i]) in ends), key=lambda i: points[i][0])
