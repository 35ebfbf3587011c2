# names:
# From the dear end; a cheaper point takes off the stack what it beats.
def pareto_front(points):
    dear_first = sorted(range(len(points)), key=lambda i: (-points[i][0], points[i][1], -i))
    stack = []
    for i in dear_first:
        cost, quality = points[i]
        while stack:
            top_cost, top_quality = points[stack[-1]]
            twin = (top_cost, top_quality) == (cost, quality)
            if twin or top_quality > quality:
                break
            stack.pop()
        stack.append(i)
    return stack[::-1]
