"""Imports what torch itself imports late, at the first gradient and the first tensor elsewhere.

For processes that are forked from: what they have imported, their children need not.
"""

import contextlib
import importlib

for _name in ("torch.fx.experimental.symbolic_shapes", "torch._dynamo"):
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module(_name)
