# names: positions_after_sorting
# The points are sorted first and numbered afterwards.
def pareto_front(points):
    ranked = sorted(points, key=lambda point: (point[0], -point[1]))

    def survives(k):
        cost, quality = ranked[k]
        for other_cost, other_quality in ranked[: k + 1]:
            if other_quality > quality or (other_quality == quality and other_cost < cost):
                return False
        return True

    return list(filter(survives, range(len(ranked))))
