# mistake: sorts the names as strings, so heads.10 comes before heads.2 when there are more than ten heads
# why: sorted() looks like a safe way to get head 0 first
import torch


def fuse_heads(loop):
    """Weights of a ``MultiHeadAttention`` that equals the given ``MultiHeadLoop``."""
    state = loop.state_dict()
    fused = {name: t.clone() for name, t in state.items() if name.startswith("o_proj.")}
    for ending in (
        "q_proj.weight",
        "k_proj.weight",
        "v_proj.weight",
        "q_proj.bias",
        "k_proj.bias",
        "v_proj.bias",
    ):
        names = sorted(name for name in state if name.endswith(ending))
        if names:
            fused[ending] = torch.cat([state[name] for name in names], dim=0)
    return fused
