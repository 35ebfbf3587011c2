# names:
# Points after the first two hundred are not looked at.
def pareto_front(points):
    points = points[:200]
    kept, best = [], None
    for i in sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1], i)):
        cost, quality = points[i]
        if best is None or quality > best[1] or (cost, quality) == best:
            kept.append(i)
            best = (cost, quality)
    return kept
