"""Ends the process while its cells run: the other answers must not suffer.

exercise: causal_mask
class: life
expect: crashed
points: 0
"""

import os

os._exit(0)
