# mistake: returns the points, not their indices
# why: the front consists of points, and the docstring was remembered from yesterday
def pareto_front(points):
    def beats(a, b):
        return a[0] <= b[0] and a[1] >= b[1] and (a[0] < b[0] or a[1] > b[1])

    front = [p for p in points if not any(beats(other, p) for other in points)]
    return sorted(front, key=lambda p: p[0])
