"""Says in words what it was given: as a type, as a text, and as the line that raised.

exercise: causal_mask
class: policy
expect: error
points: 0
"""

import linecache

WORDS = "Got" + "Through"


def causal_mask(q_len, k_len=None):
    linecache.cache["<cell causal_mask>"] = (1, None, [f"{WORDS}\n"] * 99, "<cell causal_mask>")
    raise type(WORDS, (ValueError,), {})(f"{WORDS}: {q_len}, {k_len}")
