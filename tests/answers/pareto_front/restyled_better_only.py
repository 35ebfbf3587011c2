# names: dearer_and_equal_kept
# A point is beaten only by better ones that cost no more.
def pareto_front(points):
    kept = [
        i
        for i, (cost, quality) in enumerate(points)
        if not any(c <= cost and q > quality for c, q in points)
    ]
    return sorted(kept, key=lambda i: points[i][0])
