# names: root_counted
# A mean over all tokens.
import torch


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    found = weights.argmax(-1)
    accuracy = torch.stack(
        [(found[:, h] == head_index).to(weights.dtype).mean() for h in range(found.shape[1])]
    )
    label = head_index != -1
    n = max(int(label.sum()), 1)
    steps = (head_index - torch.arange(label.shape[1]))[label].tolist()
    best = max((steps.count(step) for step in steps), default=0)
    return accuracy, best / n
