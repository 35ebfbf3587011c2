# names: falling_cost
# A stack that was filled from the dear end is given back as it is.
def pareto_front(points):
    stack = []
    for i in sorted(range(len(points)), key=lambda i: (-points[i][0], points[i][1], i)):
        while stack:
            cost, quality = points[stack[-1]]
            if quality > points[i][1] or (cost == points[i][0] and quality == points[i][1]):
                break
            stack.pop()
        stack.append(i)
    return stack
