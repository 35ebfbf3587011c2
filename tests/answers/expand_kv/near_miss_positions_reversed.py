# names: values_in_other_order
# Positions run backwards.
def expand_kv(x, num_heads):
    batch, kv_heads, length, d_head = x.shape
    if num_heads != num_heads // kv_heads * kv_heads:
        raise ValueError(f"{kv_heads} does not divide {num_heads}")
    wide = x.unsqueeze(2).expand(batch, kv_heads, num_heads // kv_heads, length, d_head)
    wide = wide.flip(3)
    return wide.reshape(batch, num_heads, length, d_head)
