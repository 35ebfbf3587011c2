# mistake: tries only offsets that look back, as "always two back"
# why: the lesson names the rival "always two back"
import torch


def dependency_accuracy(weights, head_index):
    weights, head_index = as_batch(weights, head_index)
    B, H, L, _ = weights.shape
    real = head_index >= 0
    total = int(real.sum())
    if total == 0:
        return torch.zeros(H, dtype=weights.dtype), 0.0
    top = weights.argmax(dim=-1)  # (B, H, L)
    right = (top == head_index[:, None, :]) & real[:, None, :]
    accuracy = right.sum(dim=(0, 2)).to(weights.dtype) / total
    best = 0
    for back in range(L):
        guess = torch.arange(L) - back
        best = max(best, int(((guess == head_index) & real).sum()))
    return accuracy, best / total
