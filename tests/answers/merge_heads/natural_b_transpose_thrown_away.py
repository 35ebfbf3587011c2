# mistake: the result of transpose is thrown away, so the reshape mixes positions and heads
# why: believes that transpose changes x itself, as list.sort does
def merge_heads(x):
    B, H, L, d_head = x.shape
    x.transpose(1, 2)
    return x.reshape(B, L, H * d_head)
