# names: best_ratio_only
# Quality for the money, compared without a division.
def pareto_front(points):
    winners = []
    for i, (cost, quality) in enumerate(points):
        if not winners:
            winners = [i]
            continue
        top_cost, top_quality = points[winners[0]]
        ahead = quality * top_cost - top_quality * cost
        if ahead > 0:
            winners = [i]
        elif ahead == 0:
            winners.append(i)
    return sorted(winners, key=lambda i: (points[i][0], i))
