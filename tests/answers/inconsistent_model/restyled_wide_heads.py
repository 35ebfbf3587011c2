# names: width_must_be_d_model
# The first model is taken whose heads together are not d_model wide.
def inconsistent_model():
    for letter, row in CARDS.items():  # noqa: F821
        if row["num_heads"] * row["d_head"] != row["d_model"]:
            square = (row["d_model"], row["d_model"])
            return {"model": letter, "tensor": "o_proj.weight", "shape": square}
