# mistake: list.index finds the first of equal points again, so its index comes twice and the other's is missing
# why: works with points and looks up their places at the end
def pareto_front(points):
    front = []
    for p in points:
        for o in points:
            no_worse = o[0] <= p[0] and o[1] >= p[1]
            better = o[0] < p[0] or o[1] > p[1]
            if no_worse and better:
                break
        else:
            front.append(p)
    front.sort(key=lambda p: p[0])
    return [points.index(p) for p in front]
