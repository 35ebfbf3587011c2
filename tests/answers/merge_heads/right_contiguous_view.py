# names:
# Right: permute, contiguous, view.
def merge_heads(x):
    b, h, n, d = x.size()
    return x.permute(0, 2, 1, 3).contiguous().view(b, n, h * d)
