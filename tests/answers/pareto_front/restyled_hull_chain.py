# names: convex_hull
# A chain that is only allowed to turn right.
def _cross(o, a, b):
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def pareto_front(points):
    chain = []
    for point in sorted({(cost, quality) for cost, quality in points}, key=lambda p: (p[0], -p[1])):
        if chain and point[1] <= chain[-1][1]:
            continue
        while len(chain) > 1 and _cross(chain[-2], chain[-1], point) > 0:
            chain.pop()
        chain.append(point)
    return [i for corner in chain for i, point in enumerate(points) if tuple(point) == corner]
