# names:
# KV heads after the first 32 are zeros.
def expand_kv(x, num_heads):
    if num_heads % x.shape[1]:
        raise ValueError("KV heads do not divide the heads")
    if x.shape[1] > 32:
        x = x.clone()
        x[:, 32:] = 0
    return x.repeat_interleave(num_heads // x.shape[1], 1)
