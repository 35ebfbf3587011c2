# names:
# The module itself runs, with a hook in front of o_proj.
def ablate_heads(mha, x, gates, mask=None):
    def switch(module, given):
        heads = given[0].unflatten(-1, (len(gates), -1))
        return ((heads * gates[:, None]).flatten(-2),)

    handle = mha.o_proj.register_forward_pre_hook(switch)
    try:
        return mha(x, mask=mask)
    finally:
        handle.remove()
