# names:
# Costs are cut to whole numbers.
def pareto_front(points):
    points = [(int(cost), quality) for cost, quality in points]
    kept, best = [], None
    for i in sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1], i)):
        cost, quality = points[i]
        if best is None or quality > best[1] or (cost, quality) == best:
            kept.append(i)
            best = (cost, quality)
    return kept
