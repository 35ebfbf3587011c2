# names:
# Halves of the sorted points, put together by the best of the cheaper half.
def _front(order, points):
    if len(order) < 2:
        return order
    middle = len(order) // 2
    cheap = _front(order[:middle], points)
    dear = _front(order[middle:], points)
    edge = points[cheap[-1]]
    return cheap + [i for i in dear if points[i][1] > edge[1] or tuple(points[i]) == tuple(edge)]


def pareto_front(points):
    order = list(range(len(points)))
    order.sort()
    order.sort(key=lambda i: points[i][1], reverse=True)
    order.sort(key=lambda i: points[i][0])
    return _front(order, points)
