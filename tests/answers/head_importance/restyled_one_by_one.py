# names: ablated_not_differentiated
# Each head is closed once.
import torch


def head_importance(mha, x, loss, mask=None):
    with torch.no_grad():
        ones = x.new_ones(mha.num_heads)
        whole = loss(ablate_heads(mha, x, ones, mask))  # noqa: F821
        found = []
        for i in range(mha.num_heads):
            gates = ones.clone()
            gates[i] = 0
            found.append((loss(ablate_heads(mha, x, gates, mask)) - whole).abs())  # noqa: F821
    return torch.stack(found)
