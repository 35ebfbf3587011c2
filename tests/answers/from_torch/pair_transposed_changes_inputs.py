# names: o_proj_transposed, changes_inputs
# out_proj is turned in the caller's module, and read from there.
def from_torch(mha):
    mha.out_proj.weight.data = mha.out_proj.weight.data.t().contiguous()
    state, ours = mha.state_dict(), {}
    for part in ("weight", "bias"):
        whole = state.get("in_proj_" + part)
        if whole is not None:
            ours |= {
                f"{n}_proj.{part}": t.clone() for n, t in zip("qkv", whole.chunk(3), strict=True)
            }
            ours["o_proj." + part] = state["out_proj." + part].clone()
    return ours
