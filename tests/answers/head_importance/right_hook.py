# names:
# No gates at all: what reaches `o_proj`, times its gradient, added up over each head.
import torch


def head_importance(mha, x, loss, mask=None):
    heads = mha.num_heads
    kept = []
    hook = mha.o_proj.register_forward_pre_hook(lambda _, given: kept.append(given[0]))
    value = loss(mha(x, mask=mask))
    hook.remove()
    found = kept[-1]  # (B, L, H * d_head)
    slope = torch.autograd.grad(value, found)[0]
    return (found * slope).detach().unflatten(-1, (heads, -1)).sum(dim=(0, 1, 3)).abs()
