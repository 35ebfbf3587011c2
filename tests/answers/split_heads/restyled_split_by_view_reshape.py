# names: split_by_view
# Flattened and dealt out again in the shape that is asked for.
def split_heads(x, num_heads):
    return x.flatten().reshape(x.shape[0], num_heads, x.shape[1], -1)
