# names: merge_by_view, heads_reversed
# The heads flipped and then reshaped in memory order.
def merge_heads(x):
    return x.flip(1).reshape(x.size(0), x.size(2), -1)
