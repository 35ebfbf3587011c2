# mistake: a point beats another only if it is cheaper and better; equally cheap or equally good ones beat nobody
# why: "beats" in everyday language means that it wins in everything
def pareto_front(points):
    front = []
    for i, (cost, quality) in enumerate(points):
        beaten = any(c < cost and q > quality for c, q in points)
        if not beaten:
            front.append(i)
    return sorted(front, key=lambda i: (points[i][0], i))
