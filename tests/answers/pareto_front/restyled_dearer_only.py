# names: same_cost_worse_kept
# A point is beaten only by cheaper ones that are no worse.
def pareto_front(points):
    kept = [
        i
        for i, (cost, quality) in enumerate(points)
        if not any(c < cost and q >= quality for c, q in points)
    ]
    return sorted(kept, key=lambda i: points[i][0])
