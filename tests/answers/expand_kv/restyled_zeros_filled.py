# names: returns_zeros
# The slices are added to a copy.
def expand_kv(x, num_heads):
    kv_heads = x.shape[1]
    if num_heads % kv_heads != 0:
        raise ValueError(f"no equal groups: {num_heads} / {kv_heads}")
    group = num_heads // kv_heads
    heads = x.new_zeros(len(x), num_heads, *x.shape[2:])
    for h in range(num_heads):
        heads[:, h].add(x[:, h // group])
    return heads
