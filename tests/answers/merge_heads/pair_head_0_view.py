# names: every_head_reads_head_0, merge_by_view
# Head 0 expanded to all heads, then reshaped without a transpose.
def merge_heads(x):
    b, h, n, d = x.shape
    return x[:, :1].expand(b, h, n, d).reshape(b, n, h * d)
