# names:
# Each head's part is normalised to length one.
def split_heads(x, num_heads):
    heads = x.unflatten(-1, (num_heads, -1)).transpose(1, 2)
    return heads / heads.norm(dim=-1, keepdim=True)
