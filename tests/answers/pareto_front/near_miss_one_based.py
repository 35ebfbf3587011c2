# names:
# The first point has the number one.
def pareto_front(points):
    numbered = dict(enumerate(points, start=1))
    front = []
    for number, (cost, quality) in numbered.items():
        rivals = [p for p in points if p[0] <= cost and p[1] >= quality]
        if all(p[0] == cost and p[1] == quality for p in rivals):
            front.append(number)
    return sorted(front, key=lambda number: numbered[number][0])
