# names:
# Every point is compared with every other one.
def _beats(a, b):
    (cost_a, quality_a), (cost_b, quality_b) = a, b
    if cost_a > cost_b or quality_a < quality_b:
        return False
    return cost_a < cost_b or quality_a > quality_b


def pareto_front(points):
    front = [
        index
        for index, point in enumerate(points)
        if not any(_beats(other, point) for other in points)
    ]
    front.sort(key=lambda index: points[index][0])
    return front
