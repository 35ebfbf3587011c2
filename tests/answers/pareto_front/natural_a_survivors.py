# mistake: returns the points themselves and not their indices
# why: the points are what one wants to see
def pareto_front(points):
    def beats(a, b):
        return a[0] <= b[0] and a[1] >= b[1] and (a[0] < b[0] or a[1] > b[1])

    survivors = [p for p in points if not any(beats(other, p) for other in points)]
    return sorted(survivors, key=lambda p: p[0])
