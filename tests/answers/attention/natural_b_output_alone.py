# mistake: returns the output only, without the weights
# why: knows PyTorch's scaled_dot_product_attention, which returns one tensor
def attention(q, k, v):
    return softmax(scaled_scores(q, k), dim=-1) @ v
