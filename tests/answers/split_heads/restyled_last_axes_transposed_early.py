# names: last_axes_transposed
# The sequence is transposed first: rows of the transpose go to the heads.
def split_heads(x, num_heads):
    columns = x.mT.contiguous()
    return columns.view(x.size(0), num_heads, x.size(1), x.size(2) // num_heads)
