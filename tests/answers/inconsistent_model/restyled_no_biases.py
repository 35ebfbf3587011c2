# names: biases_thought_missing
# The first model of which not every shape is there.
def inconsistent_model():
    wanted = ["q_proj.weight", "q_proj.bias", "o_proj.weight", "o_proj.bias"]
    letter, missing = next(
        (letter, name)
        for letter, row in CARDS.items()  # noqa: F821
        for name in wanted
        if name not in row
    )
    return {"model": letter, "tensor": missing, "shape": (CARDS[letter]["d_head"],)}  # noqa: F821
