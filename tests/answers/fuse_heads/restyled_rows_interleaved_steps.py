# names: rows_interleaved
# Head h is written to the rows h, h + H, and so on.
def fuse_heads(loop):
    state, count = loop.state_dict(), len(loop.heads)
    fused = {n: t for n, t in state.items() if not n.startswith("heads")}
    for name, tensor in state.items():
        if name.startswith("heads"):
            h, target = name.split(".", 2)[1:]
            fused.setdefault(target, tensor.new_empty(count * len(tensor), *tensor.shape[1:]))
            fused[target][int(h) :: count] = tensor
    return fused
