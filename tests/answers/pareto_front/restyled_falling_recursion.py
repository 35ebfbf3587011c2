# names: falling_cost
# Each call puts its point behind those that the dearer points give.
def _walk(order, points, best):
    if not order:
        return []
    first, *rest = order
    if best is None or points[first][1] > best[1] or points[first] == best:
        return _walk(rest, points, points[first]) + [first]
    return _walk(rest, points, best)


def pareto_front(points):
    order = sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1], i))
    return _walk(order, points, None)
