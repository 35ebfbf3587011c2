# mistake: builds a MultiHeadLoop and counts, but does not hand over d_head, so it counts heads of width d_model // num_heads
# why: "let PyTorch count", and one argument of four is quickly lost
def parameter_count(d_model, num_heads, d_head, bias=True):
    module = MultiHeadLoop(d_model, num_heads, bias=bias)
    return sum(p.numel() for p in module.parameters())
