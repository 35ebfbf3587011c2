# names: every_head_reads_head_0
# The first piece, expanded to all heads.
def split_heads(x, num_heads):
    first = x[:, None, :, : x.size(2) // num_heads]
    return first.expand(-1, num_heads, -1, -1)
