# names: best_offset_of_each_sentence
# Every sentence has its own offset.
from collections import Counter


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    label = head_index != -1
    n = max(int(label.sum()), 1)
    right = ((weights.argmax(-1) == head_index[:, None]) & label[:, None]).sum((0, 2))
    best = 0
    for row in head_index.tolist():
        steps = Counter(head - i for i, head in enumerate(row) if head != -1)
        best += max(steps.values(), default=0)
    return right.to(weights.dtype) / n, best / n
