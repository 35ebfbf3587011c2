# mistake: "costs no more and is no worse" without "better in one" makes equal points beat each other, so both vanish
# why: excluded the point itself by its index, and thought that this was what the last condition is for
def pareto_front(points):
    def beaten(i):
        cost, quality = points[i]
        return any(
            j != i and other[0] <= cost and other[1] >= quality for j, other in enumerate(points)
        )

    keep = [i for i in range(len(points)) if not beaten(i)]
    return sorted(keep, key=lambda i: points[i][0])
