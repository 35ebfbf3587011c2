# names:
# Works on names only: regular expression over loop.state_dict(), groups in a defaultdict, numeric
# sort.
import re
from collections import OrderedDict, defaultdict

import torch

NAME = re.compile(r"heads\.(?P<head>\d+)\.(?P<rest>[qkv]_proj\.(?:weight|bias))")


def fuse_heads(loop):
    """Weights of a ``MultiHeadAttention`` that equals the given ``MultiHeadLoop``."""
    stacks, fused = defaultdict(dict), OrderedDict()
    for name, tensor in loop.state_dict().items():
        if found := NAME.fullmatch(name):
            stacks[found["rest"]][int(found["head"])] = tensor
        elif name.startswith("o_proj."):
            fused[name] = tensor.clone()
    for rest, by_head in stacks.items():
        fused[rest] = torch.cat([by_head[head] for head in sorted(by_head)])
    return fused
