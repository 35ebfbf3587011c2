# mistake: flattens positions and heads instead of heads and widths: (B, L * H, d_head)
# why: the two axes that were exchanged are the ones that "belong together", and counts axes from 1
def merge_heads(x):
    x = x.transpose(1, 2)  # B, L, H, d_head
    return x.flatten(1, 2)
