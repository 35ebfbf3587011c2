# names: q_proj_thought_wrong
# q_proj is expected to hold all heads below each other.
def inconsistent_model():
    row = CARDS["C"]  # noqa: F821
    answer = {"model": "C", "tensor": "q_proj.weight"}
    answer["shape"] = (row["num_heads"] * row["d_head"], row["d_model"])
    return answer
