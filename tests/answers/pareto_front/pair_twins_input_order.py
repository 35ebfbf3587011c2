# names: twins_dropped, input_order
# A dictionary from point to its first index, in the order of the points.
def pareto_front(points):
    first = {}
    for i, point in enumerate(points):
        first.setdefault(tuple(point), i)

    def beaten(point):
        others = (p for p in first if p != point)
        return any(p[0] <= point[0] and p[1] >= point[1] for p in others)

    return [i for point, i in first.items() if not beaten(point)]
