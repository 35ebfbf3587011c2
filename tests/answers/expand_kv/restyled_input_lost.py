# names: returns_input
# The expanded tensor is not returned.
def expand_kv(x, num_heads):
    batch, kv_heads, length, d_head = x.shape
    if num_heads != num_heads // kv_heads * kv_heads:
        raise ValueError(f"{kv_heads} does not divide {num_heads}")
    wide = x.unsqueeze(2).expand(batch, kv_heads, num_heads // kv_heads, length, d_head)
    wide.reshape(batch, num_heads, length, d_head)
    return x
