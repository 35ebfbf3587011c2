# names:
# Right: as_strided over a contiguous copy.
def split_heads(x, num_heads):
    x = x.contiguous()
    b, n, w = x.shape
    d = w // num_heads
    return x.as_strided((b, num_heads, n, d), (n * w, d, w, 1), x.storage_offset())
