# mistake: returns the indices in their own order, not by rising cost
# why: the examples tried out were sorted by cost already
def pareto_front(points):
    front = []
    for i, (cost, quality) in enumerate(points):
        for c, q in points:
            if c <= cost and q >= quality and (c < cost or q > quality):
                break
        else:
            front.append(i)
    return front
