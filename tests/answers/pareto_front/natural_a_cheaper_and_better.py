# mistake: lets a point beat another only if it is better in both
# why: "costs no more and is no worse" is shortened to cheaper and better
def pareto_front(points):
    """Indices of the points that no other point beats."""
    front = []
    for i, (cost, quality) in enumerate(points):
        beaten = any(c < cost and q > quality for c, q in points)
        if not beaten:
            front.append(i)
    return sorted(front, key=lambda i: (points[i][0], i))
