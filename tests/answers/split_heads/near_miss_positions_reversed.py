# names: values_in_other_order
# The positions of each head run backwards.
def split_heads(x, num_heads):
    return x.flip(1).unflatten(-1, (num_heads, -1)).transpose(1, 2)
