# mistake: without parentheses `bias` multiplies only the first term, so o_proj's bias is counted even when there are no biases
# why: uses True as 1 to avoid an if, in a hurry
def parameter_count(d_model, num_heads, d_head, bias=True):
    width = num_heads * d_head
    return 4 * d_model * width + bias * 3 * width + d_model
