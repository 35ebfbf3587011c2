# names: last_of_equals
# Row by row in Python, and `>=` keeps the last of equally heavy keys.
from collections import Counter


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    hits, steps = weights.new_zeros(weights.shape[1]), Counter()
    for b, i in (head_index >= 0).nonzero().tolist():
        head = int(head_index[b, i])
        steps[head - i] += 1
        for h, row in enumerate(weights[b, :, i].tolist()):
            best = 0
            for j, weight in enumerate(row):
                if weight >= row[best]:
                    best = j
            hits[h] += best == head
    total = max(1, sum(steps.values()))
    return hits / total, max(steps.values(), default=0) / total
