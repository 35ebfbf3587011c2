# names: last_axes_transposed
# The last two axes change places instead of the middle ones.
def merge_heads(x):
    return x.transpose(2, 3).reshape(x.size(0), x.size(2), -1)
