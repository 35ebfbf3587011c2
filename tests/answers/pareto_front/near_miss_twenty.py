# names:
# Points after the first twenty, by cost, are not looked at.
def pareto_front(points):
    order = sorted(range(len(points)), key=lambda i: (points[i][0], i))[:20]

    def beaten(i):
        (c, q) = points[i]
        return any(a <= c and b >= q and (a, b) != (c, q) for a, b in points)

    return [i for i in order if not beaten(i)]
