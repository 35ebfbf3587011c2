# names: split_by_view, heads_reversed
# One view, and the heads from last to first.
def split_heads(x, num_heads):
    return x.reshape(len(x), num_heads, x.size(1), -1).flip(1)
