# names: values_in_other_order
# The positions of each head are shifted by one.
def split_heads(x, num_heads):
    return x.unflatten(-1, (num_heads, -1)).transpose(1, 2).roll(1, dims=2)
