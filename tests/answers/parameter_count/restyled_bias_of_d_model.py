# names: biases_of_d_model
# Every bias is as long as d_model.
def parameter_count(d_model, num_heads, d_head, bias=True):
    w = num_heads * d_head
    return 4 * (d_model * w + (d_model if bias else 0))
