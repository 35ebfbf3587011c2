# mistake: a single slash makes d_head a float, and view raises a TypeError
# why: writes the division as in mathematics
def split_heads(x, num_heads):
    B, L, width = x.shape
    d_head = width / num_heads
    x = x.view(B, L, num_heads, d_head)
    return x.transpose(1, 2)
