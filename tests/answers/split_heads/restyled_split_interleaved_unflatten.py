# names: split_interleaved
# unflatten with the sizes the wrong way round.
def split_heads(x, num_heads):
    d_head = x.size(-1) // num_heads
    return x.unflatten(2, (d_head, num_heads)).movedim(3, 1)
