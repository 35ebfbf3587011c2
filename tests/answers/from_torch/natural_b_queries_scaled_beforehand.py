# mistake: divides the query weights and biases by the square root of d_head, though both modules scale by themselves
# why: read that PyTorch scales q right after the projection, and wants to be safe
import math

import torch


def from_torch(mha):
    scale = 1 / math.sqrt(mha.head_dim)
    with torch.no_grad():
        q, k, v = mha.in_proj_weight.chunk(3, dim=0)
        state = {
            "q_proj.weight": q * scale,
            "k_proj.weight": k.clone(),
            "v_proj.weight": v.clone(),
            "o_proj.weight": mha.out_proj.weight.clone(),
        }
        if mha.in_proj_bias is not None:
            q, k, v = mha.in_proj_bias.chunk(3, dim=0)
            state |= {
                "q_proj.bias": q * scale,
                "k_proj.bias": k.clone(),
                "v_proj.bias": v.clone(),
                "o_proj.bias": mha.out_proj.bias.clone(),
            }
    return state
