# names: every_head_on_kv_head_0
# The first head is expanded.
def expand_kv(x, num_heads):
    batch, kv_heads, length, d_head = x.shape
    if num_heads != num_heads // kv_heads * kv_heads:
        raise ValueError(f"{kv_heads} does not divide {num_heads}")
    return x[:, :1].expand(batch, num_heads, length, d_head)
