# names: gates_ignored
# Just the module.
def ablate_heads(mha, x, gates, mask=None):
    return mha(x, mask=mask)
