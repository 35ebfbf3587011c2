# mistake: keeps a point that costs more and is only as good as a cheaper one
# why: uses >= so that equal points are all kept
def pareto_front(points):
    order = sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1]))
    front, best = [], float("-inf")
    for i in order:
        if points[i][1] >= best:
            front.append(i)
            best = points[i][1]
    return front
