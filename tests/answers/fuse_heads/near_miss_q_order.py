# names:
# Only the queries' heads run from last to first.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    H = len(loop.heads)
    fused = {n: t.clone() for n, t in state.items() if n.startswith("o_proj")}
    for n in [n for n in state if n.startswith("heads.0.")]:
        target = n.removeprefix("heads.0.")
        fused[target] = torch.cat(
            [
                state[f"heads.{h}.{target}"]
                for h in (range(H)[::-1] if target[0] == "q" else range(H))
            ]
        )
    return fused
