# names:
# Right: every head's slice is written into a new tensor.
def split_heads(x, num_heads):
    batch, length, width = x.shape
    d_head, rest = divmod(width, num_heads)
    if rest:
        raise ValueError("the width is no multiple of the number of heads")
    heads = x.new_zeros(batch, num_heads, length, d_head)
    for h in range(num_heads):
        heads[:, h] = x[..., h * d_head : (h + 1) * d_head]
    return heads
