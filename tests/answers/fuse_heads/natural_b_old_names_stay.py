# mistake: the old names heads.0.q_proj.weight and so on are still in the result, which load_state_dict refuses
# why: adds the new entries to the state_dict and returns it
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    heads = range(len(loop.heads))
    for projection in ("q_proj", "k_proj", "v_proj"):
        for kind in ("weight", "bias"):
            names = [f"heads.{i}.{projection}.{kind}" for i in heads]
            if names[0] in state:
                state[f"{projection}.{kind}"] = torch.cat([state[each] for each in names], dim=0)
    return dict(state)
