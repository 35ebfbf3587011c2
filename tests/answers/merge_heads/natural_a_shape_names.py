# mistake: reads the shape as (B, L, H, d_head), so the result is (B, H, L * d_head)
# why: the axes were in that order one line before the end of split_heads
def merge_heads(x):
    B, L, H, d_head = x.shape
    return x.transpose(1, 2).reshape(B, L, H * d_head)
