"""Imports what torch and safetensors import late, at the first gradient or the first tensor sent.

For processes that are forked from: what they have imported, their children need not.
"""

import contextlib
import importlib

for _name in ("torch.fx.experimental.symbolic_shapes", "torch._dynamo", "numpy.ctypeslib"):
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module(_name)
