# mistake: gives every head an output projection with a bias of its own, so o_proj's bias is counted num_heads times
# why: counts one head in full and multiplies by the number of heads
def parameter_count(d_model, num_heads, d_head, bias=True):
    """Number of parameters of multi-head attention."""

    def linear(n_in, n_out):
        return n_in * n_out + (n_out if bias else 0)

    one_head = 3 * linear(d_model, d_head) + linear(d_head, d_model)
    return num_heads * one_head
