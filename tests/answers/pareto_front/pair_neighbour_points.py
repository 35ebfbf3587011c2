# names: neighbour_only, points_not_indices
# A scan of the sorted points that remembers the last one alone.
def _scan(ranked):
    last = None
    for point in ranked:
        if last is None or point[1] > last[1] or point == last:
            yield point
        last = point


def pareto_front(points):
    return list(_scan(sorted(points, key=lambda point: (point[0], -point[1]))))
