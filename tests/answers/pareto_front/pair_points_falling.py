# names: points_not_indices, falling_cost
# The points themselves, the dearest first.
def pareto_front(points):
    front = []
    for one in points:
        for other in points:
            dearer = other[0] > one[0]
            worse = other[1] < one[1]
            if other != one and not dearer and not worse:
                break
        else:
            front.append(one)
    return sorted(front, key=lambda point: point[0], reverse=True)
