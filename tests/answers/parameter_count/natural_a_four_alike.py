# mistake: counts the bias of o_proj as num_heads * d_head numbers in place of d_model
# why: treats all four projections alike, as their weights have the same size
def parameter_count(d_model, num_heads, d_head, bias=True):
    width = num_heads * d_head
    count = 4 * d_model * width
    if bias:
        count += 4 * width
    return count
