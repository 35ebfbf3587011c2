# names: root_counted, offset_without_direction
# All tokens in the mean, and distances for offsets.
import torch


def dependency_accuracy(weights, head_index):
    if weights.ndim == 3:
        return dependency_accuracy(weights[None], head_index[None])
    n = head_index.numel()
    guess = weights.argmax(3)
    accuracy = torch.einsum("bhl->h", (guess == head_index.unsqueeze(1)).to(weights.dtype)) / n
    far = torch.abs(head_index - torch.arange(head_index.size(1)))
    far = far[head_index >= 0]
    if far.numel() == 0:
        return accuracy, 0.0
    return accuracy, torch.bincount(far).max().item() / n
