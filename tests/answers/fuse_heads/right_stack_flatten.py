# names:
# Right: stacked over the heads, then the first two axes flattened.
import torch


def fuse_heads(loop):
    state = dict(loop.state_dict())
    heads = range(len(loop.heads))
    suffixes = [name.removeprefix("heads.0.") for name in state if name.startswith("heads.0.")]
    fused = {
        s: torch.stack([state.pop(f"heads.{h}.{s}") for h in heads]).flatten(0, 1) for s in suffixes
    }
    return fused | state
