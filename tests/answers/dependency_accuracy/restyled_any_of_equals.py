# names: last_of_equals
# No key is heavier than the head: a hit also where another is as heavy.
def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    sentence, row = (head_index >= 0).nonzero(as_tuple=True)
    heads = head_index[sentence, row]
    if not len(heads):
        return weights.new_zeros(weights.shape[1]), 0.0
    rows = weights[sentence, :, row]  # (labelled, H, L)
    on_head = weights[sentence, :, row, heads]  # (labelled, H)
    hits = (rows > on_head[..., None]).sum(-1) == 0
    steps = heads - row
    best = (steps == steps.mode().values).sum().item()
    return hits.to(weights.dtype).mean(0), best / len(heads)
