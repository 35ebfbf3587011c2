# mistake: takes out each head in turn and measures how much the loss changes, instead of taking the gradient
# why: that is what importance means, and the gradient is only its guess
import torch


def head_importance(mha, x, loss, mask=None):
    with torch.no_grad():
        ones = torch.ones(mha.num_heads, dtype=x.dtype)
        whole = loss(ablate_heads(mha, x, ones, mask))
        importance = torch.zeros_like(ones)
        for h in range(mha.num_heads):
            gates = ones.clone()
            gates[h] = 0
            importance[h] = (loss(ablate_heads(mha, x, gates, mask)) - whole).abs()
    return importance
