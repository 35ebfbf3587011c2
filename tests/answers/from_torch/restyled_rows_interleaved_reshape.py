# names: rows_interleaved
# in_proj is seen as (d_model, 3, ...) instead of (3, d_model, ...).
def from_torch(mha):
    ours = {}
    for name, tensor in mha.state_dict().items():
        if "in_proj" in name:
            parts = tensor.reshape(-1, 3, *tensor.shape[1:])
            for i, n in enumerate(("q_proj.", "k_proj.", "v_proj.")):
                ours[n + name.removeprefix("in_proj_")] = parts[:, i]
        else:
            ours[name.replace("out", "o")] = tensor
    return ours
