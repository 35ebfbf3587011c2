# names: joined_interleaved
# Head h is written to every H-th column.
def merge_heads(x):
    b, num_heads, n, d = x.shape
    out = x.new_empty(b, n, num_heads * d)
    for h in range(num_heads):
        out[..., h::num_heads] = x[:, h]
    return out
