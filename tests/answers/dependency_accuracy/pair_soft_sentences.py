# names: weight_for_hit, best_offset_of_each_sentence
# Weights for hits, and an offset for every sentence.


def dependency_accuracy(weights, head_index):
    if weights.ndim == 3:
        return dependency_accuracy(weights[None], head_index[None])
    known = head_index >= 0
    n = max(1, known.sum().item())
    at = head_index.clamp(min=0)[:, None, :, None].expand(-1, weights.shape[1], -1, 1)
    on_head = weights.gather(-1, at).squeeze(-1) * known[:, None]
    won = 0
    for heads in head_index:
        steps = [int(j) - i for i, j in enumerate(heads) if j >= 0]
        won += max((steps.count(s) for s in steps), default=0)
    return on_head.sum((0, 2)) / n, won / n
