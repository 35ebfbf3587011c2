# mistake: uses view after transpose, which raises an error because the memory is not in order
# why: split_heads was done with view, so its inverse is too
def merge_heads(x):
    B, H, L, d_head = x.shape
    return x.transpose(1, 2).view(B, L, H * d_head)
