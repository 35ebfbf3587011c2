# names: last_axes_transposed
# permute moves the width before the positions, reshape hides it.
def split_heads(x, num_heads):
    b, n, w = x.shape
    pieces = x.reshape(b, n, num_heads, w // num_heads).permute(0, 2, 3, 1)
    return pieces.reshape(b, num_heads, n, w // num_heads)
