# names: low_quality_good, input_order
# Errors in place of qualities, in the order of the points.
def pareto_front(points):
    def beats(a, b):
        return a != b and max(a[0] - b[0], a[1] - b[1]) <= 0

    alive = [True] * len(points)
    for i, point in enumerate(points):
        alive[i] = not any(beats(other, point) for other in points)
    return [i for i, lives in enumerate(alive) if lives]
