# names: mean_of_kv_heads
# The mean, expanded.
def expand_kv(x, num_heads):
    batch, kv_heads, length, d_head = x.shape
    if num_heads != num_heads // kv_heads * kv_heads:
        raise ValueError(f"{kv_heads} does not divide {num_heads}")
    return x.mean(dim=1, keepdim=True).expand(batch, num_heads, length, d_head)
