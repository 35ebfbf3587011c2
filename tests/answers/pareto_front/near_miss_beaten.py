# names:
# Those that are beaten.
def pareto_front(points):
    def beaten(i):
        cost, quality = points[i]
        return any((c, q) != (cost, quality) and c <= cost and q >= quality for c, q in points)

    return sorted(filter(beaten, range(len(points))), key=lambda i: points[i][0])
