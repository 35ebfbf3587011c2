# mistake: the result is (B, H, d_head, L): the last two axes are exchanged as well
# why: copied from an old GPT-2 code, where split_heads for keys transposes them for the product at once
def split_heads(x, num_heads):
    B, L, width = x.shape
    d_head = width // num_heads
    return x.reshape(B, L, num_heads, d_head).permute(0, 2, 3, 1)
