# mistake: sorts by cost and then by rising quality, so where costs are equal the worse point comes first and is kept
# why: a clever sweep in n log n; Python sorts pairs by both numbers in the same direction
def pareto_front(points):
    order = sorted(range(len(points)), key=lambda i: points[i])
    front, best = [], float("-inf")
    for i in order:
        quality = points[i][1]
        twin = bool(front) and points[i] == points[front[-1]]
        if quality > best or twin:
            front.append(i)
            best = quality
    return front
