# mistake: returns 0 without a bias, because the condition covers the whole sum
# why: the conditional expression binds weaker than the plus sign
def parameter_count(d_model, num_heads, d_head, bias=True):
    w = num_heads * d_head
    return 4 * d_model * w + 3 * w + d_model if bias else 0
