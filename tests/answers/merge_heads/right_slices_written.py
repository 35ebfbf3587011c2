# names:
# Right: each head is written into its slice of the result.
import torch


def merge_heads(x):
    batch, num_heads, length, d_head = x.shape
    out = torch.empty(batch, length, num_heads * d_head, dtype=x.dtype, device=x.device)
    for h in range(num_heads):
        out[:, :, h * d_head : (h + 1) * d_head] = x[:, h]
    return out
