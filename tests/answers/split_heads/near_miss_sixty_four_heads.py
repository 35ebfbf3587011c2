# names:
# Heads after the first 64 are zeros.
def split_heads(x, num_heads):
    heads = x.unflatten(-1, (num_heads, -1)).transpose(1, 2)
    if num_heads > 64:
        heads = heads.clone()
        heads[:, 64:] = 0
    return heads
