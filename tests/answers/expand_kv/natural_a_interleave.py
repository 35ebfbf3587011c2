# mistake: repeat_interleave without dim flattens the tensor, so the result has one axis
# why: many functions take the right axis or all of them kindly, and dim is forgotten
def expand_kv(x, num_heads):
    num_kv_heads = x.shape[1]
    if num_heads % num_kv_heads != 0:
        raise ValueError("num_kv_heads must divide num_heads")
    return x.repeat_interleave(num_heads // num_kv_heads)
