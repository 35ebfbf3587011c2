"""Misconceptions of ``KVCache``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.misconceptions.wrappers import changes

_STORES = "returns_what_was_stored"
_OVERFLOW = "refuses_overflow"
_SHAPES = "refuses_other_shapes"
_SEPARATE = "caches_are_separate"
_WRITE_K = "self.keys[:, :, self.length : end] = k.detach()"
_WRITE_V = "self.values[:, :, self.length : end] = v.detach()"
_CACHE_RETURN = "return self.keys[:, :, :end], self.values[:, :, :end]"
_ROOM = (
    "        if end > max_len:\n"
    '            raise ValueError(f"the cache has room for {max_len} positions, not for {end}")\n'
)
_WRONG_SHAPE = "if k.shape != wanted or v.shape != wanted:"


def _cache(*pieces, fails=_STORES):
    return edit(*pieces, fails=fails)


misconception(
    "cache_not_advanced",
    says="length does not move on, so that each append writes over the one before",
    asks="What should `length` be after two tokens?",
    KVCache=[
        _cache("self.length = end", "pass"),
        _cache(
            "self.length : end] = k",
            ": new] = k",
            "self.length : end] = v",
            ": new] = v",
        ),
    ],
)
misconception(
    "cache_advanced_on_read",
    says="reading `length` moves it on",
    asks="Does a caller who looks at `length` twice see the same number?",
    KVCache=_cache(
        "self.length = 0",
        "self._length = 0",
        "    def append(",
        "    @property\n    def length(self):\n        self._length += 1\n"
        "        return self._length - 1\n\n    def append(",
        "end = self.length + new",
        "end = self._length + new",
        "self.length : end] = k",
        "self._length : end] = k",
        "self.length : end] = v",
        "self._length : end] = v",
        "self.length = end",
        "self._length = end",
        fails="fills_to_the_last_position",
    ),
)
misconception(
    "advanced_before_writing",
    says="length moves on before the writing, which leaves a hole of zeros in front",
    asks="The first token arrives. At which place of the memory does it go?",
    KVCache=[
        _cache(
            "self.length : end] = k",
            "end : end + new] = k[:, :, : max_len - end]",
            "self.length : end] = v",
            "end : end + new] = v[:, :, : max_len - end]",
        ),
        _cache(
            "self.length : end] = k",
            "end : end + new] = k[:, :, : max_len - end]",
            "self.length : end] = v",
            "end : end + new] = v[:, :, : max_len - end]",
            _CACHE_RETURN,
            "return self.keys[:, :, : end + new], self.values[:, :, : end + new]",
        ),
    ],
)
misconception(
    "overwrite_on_overflow",
    says="a full cache writes over tokens that are still needed, without an error",
    asks="Which token of the text should be forgotten, and who decided that?",
    KVCache=[
        _cache(
            _ROOM,
            "        if end > max_len:\n"
            "            self.length = max(max_len - new, 0)\n"
            "            k, v, end = k[:, :, -max_len:], v[:, :, -max_len:], max_len\n",
            fails=_OVERFLOW,
        ),
        _cache(
            _ROOM,
            "        if end > max_len:\n"
            "            drop = min(end - max_len, self.length)\n"
            "            self.keys = self.keys.roll(-drop, 2)\n"
            "            self.values = self.values.roll(-drop, 2)\n"
            "            self.length = self.length - drop\n"
            "            k, v, end = k[:, :, -max_len:], v[:, :, -max_len:], max_len\n",
            fails=_OVERFLOW,
        ),
        _cache(
            _ROOM,
            "        if end > max_len:\n"
            "            self.length = 0\n"
            "            k, v, end = k[:, :, -max_len:], v[:, :, -max_len:], min(new, max_len)\n",
            fails=_OVERFLOW,
        ),
    ],
)
misconception(
    "silently_full",
    says="what does not fit is dropped without an error",
    asks="One row assigned to a slice of no rows: does Python complain?",
    KVCache=[
        _cache(
            _ROOM,
            "        if end > max_len:\n"
            "            end = max_len\n"
            "            k, v = k[:, :, : end - self.length], v[:, :, : end - self.length]\n",
            fails=_OVERFLOW,
        ),
        _cache(
            _ROOM,
            "        if end > max_len:\n"
            "            return self.keys[:, :, : self.length], self.values[:, :, : self.length]\n",
            fails=_OVERFLOW,
        ),
        _cache(_ROOM, "", fails=_OVERFLOW),
    ],
)

_GROWS = (
    "        if end > max_len:\n"
    "            more = (0, 0, 0, end - max_len)\n"
    "            self.keys = nn.functional.pad(self.keys, more)\n"
    "            self.values = nn.functional.pad(self.values, more)\n"
)
misconception(
    "grows_without_end",
    says="the cache grows as long as tokens come: max_len is no limit",
    asks="What is max_len for, and what should happen to the token after the last?",
    KVCache=_cache(_ROOM, _GROWS, fails=_OVERFLOW),
)
misconception(
    "joined_along_another_axis",
    says="the new keys and values are joined to the old ones along another axis than the positions",
    asks="Three positions are stored and one comes: which axis of (B, H_kv, L, d_head) grows?",
    KVCache=[
        _cache(
            _CACHE_RETURN,
            "old = getattr(self, 'joined', None)\n"
            "self.joined = (k.detach().to(self.keys), v.detach().to(self.keys))\n"
            "if old is not None:\n"
            "    pairs = zip(old, self.joined)\n"
            f"    self.joined = tuple(torch.cat(pair, dim={axis}) for pair in pairs)\n"
            "return self.joined",
            fails="fills_to_the_last_position",
        )
        for axis in (0, 1, 3)
    ],
)
misconception(
    "calls_counted",
    says="length counts the calls of append, not the tokens",
    asks="A prompt of five tokens is appended at once. What is length then?",
    KVCache=_cache("self.length = end", "self.length += 1"),
)
misconception(
    "room_off_by_one",
    says="the last position is never used: a cache with one place left refuses a token",
    asks="max_len positions: which numbers do the first and the last of them have?",
    KVCache=_cache("if end > max_len:", "if end >= max_len:", fails="fills_to_the_last_position"),
)
misconception(
    "no_shape_check",
    says="a batch or a head of 1 is broadcast into the cache, without an error",
    asks="Into which shapes does (1, 1, L, d_head) broadcast?",
    KVCache=[
        _cache(_WRONG_SHAPE, "if False:", fails=_SHAPES),
        _cache(_WRONG_SHAPE, "if k.shape != wanted:", fails=_SHAPES),
        _cache(_WRONG_SHAPE, "if k.shape != v.shape:", fails=_SHAPES),
    ],
)

_RAISE_SHAPE = "if k.shape != wanted or v.shape != wanted: raise"
misconception(
    "written_before_checked",
    says="the error comes, but the cache has changed by then",
    asks="What does a caller find in the cache who catches your error?",
    KVCache=[
        _cache(
            "        if end > max_len:\n",
            "        if end > max_len:\n            self.length = end\n",
            fails=_OVERFLOW,
        ),
        _cache(
            "        if end > max_len:\n",
            "        self.length = end\n        if end > max_len:\n",
            "self.length : end] = k",
            "end - new : end] = k",
            "self.length : end] = v",
            "end - new : end] = v",
            fails=_OVERFLOW,
        ),
        _cache(
            "        if end > max_len:\n",
            "        if end > max_len:\n"
            "            self.keys[:, :, self.length :] = k[:, :, : max_len - self.length]\n"
            "            self.length = max_len\n",
            fails=_OVERFLOW,
        ),
        _cache(
            _RAISE_SHAPE,
            f"{_WRONG_SHAPE}\n    self.length += new\n    raise",
            fails=_SHAPES,
        ),
    ],
)
misconception(
    "shared_between_instances",
    says="all caches share one memory",
    asks="Where is your memory made: once for the class, or once for each cache?",
    KVCache=[
        _cache(
            "        self.keys = torch.zeros(shape, dtype=dtype, device=device)\n"
            "        self.values = torch.zeros(shape, dtype=dtype, device=device)\n",
            "        if getattr(KVCache, 'made', None) != (shape, dtype, device):\n"
            "            KVCache.made = (shape, dtype, device)\n"
            "            KVCache.keys = torch.zeros(shape, dtype=dtype, device=device)\n"
            "            KVCache.values = torch.zeros(shape, dtype=dtype, device=device)\n",
            fails=_SEPARATE,
        ),
        _cache(
            "        self.length = 0\n",
            "        KVCache.length = 0\n",
            "self.length = end",
            "KVCache.length = end",
            fails=_SEPARATE,
        ),
        _cache(
            "        self.keys = torch.zeros(shape, dtype=dtype, device=device)\n"
            "        self.values = torch.zeros(shape, dtype=dtype, device=device)\n",
            "        KVCache.keys = torch.zeros(shape, dtype=dtype, device=device)\n"
            "        KVCache.values = torch.zeros(shape, dtype=dtype, device=device)\n",
            fails=_SEPARATE,
        ),
    ],
)
misconception(
    "batch_order_reversed",
    says="the sequences of the batch come back in another order",
    asks="Row 0 of what you return: whose keys are they?",
    KVCache=[
        _cache(
            _CACHE_RETURN, "return self.keys[:, :, :end].flip(0), self.values[:, :, :end].flip(0)"
        ),
        _cache(_WRITE_K, _WRITE_K + ".flip(0)", _WRITE_V, _WRITE_V + ".flip(0)"),
        _cache(
            _CACHE_RETURN,
            "return self.keys[:, :, :end].roll(1, 0), self.values[:, :, :end].roll(1, 0)",
        ),
    ],
)
misconception(
    "kv_swapped",
    KVCache=[
        _cache(_CACHE_RETURN, "return self.values[:, :, :end], self.keys[:, :, :end]"),
    ],
)
misconception(
    "keys_as_values",
    KVCache=_cache(_CACHE_RETURN, "return self.keys[:, :, :end], self.keys[:, :, :end]"),
)
misconception(
    "values_as_keys",
    KVCache=_cache(_CACHE_RETURN, "return self.values[:, :, :end], self.values[:, :, :end]"),
)
misconception(
    "newest_first",
    says="the newest tokens stand in front of the older ones",
    asks="Under a causal mask, which column belongs to the last token?",
    KVCache=_cache(
        _WRITE_K,
        "self.keys[:, :, :end] = torch.cat((k.data, self.keys[:, :, : self.length]), 2)",
        _WRITE_V,
        "self.values[:, :, :end] = torch.cat((v.data, self.values[:, :, : self.length]), 2)",
    ),
)
misconception(
    "only_new_returned",
    says="only the new keys and values come back, not all of them",
    asks="What do the new queries attend to?",
    KVCache=[
        _cache(_CACHE_RETURN, "return k, v"),
        _cache(
            _CACHE_RETURN,
            "return self.keys[:, :, end - new : end], self.values[:, :, end - new : end]",
        ),
    ],
)
misconception(
    "old_returned",
    says="what comes back ends before the new tokens",
    asks="May a token attend to itself?",
    KVCache=_cache(
        _CACHE_RETURN, "return self.keys[:, :, : end - new], self.values[:, :, : end - new]"
    ),
)
misconception(
    "whole_memory_returned",
    says="the whole memory comes back, with the places that nobody has written to",
    asks="What would a query attend to in an empty place?",
    KVCache=_cache(_CACHE_RETURN, "return self.keys, self.values"),
)
misconception(
    "dtype_ignored",
    says="the cache has a dtype of its own choice, not the one that is given",
    asks="Half of the bytes is why one asks for bfloat16. Where does your code use dtype?",
    KVCache=_cache(
        "self.keys = torch.zeros(shape, dtype=dtype,",
        "self.keys = torch.zeros(shape,",
        "self.values = torch.zeros(shape, dtype=dtype,",
        "self.values = torch.zeros(shape,",
        fails="stores_numbers",
    ),
)
misconception(
    "graph_kept",
    says="the graph that made k and v is stored with them",
    asks="What does .detach() leave out?",
    KVCache=_cache("= k.detach()", "= k", "= v.detach()", "= v", fails="stores_numbers"),
)
misconception(
    "wrong_device",
    KVCache=_cache(
        "self.keys = torch.zeros(shape, dtype=dtype, device=device)",
        "self.keys = torch.zeros(shape, dtype=dtype)",
        "self.values = torch.zeros(shape, dtype=dtype, device=device)",
        "self.values = torch.zeros(shape, dtype=dtype)",
        fails="stores_numbers",
    ),
)
misconception("changes_inputs", KVCache=changes("k", "stores_numbers", ".data.zero_()", "append"))
misconception("returns_zeros", KVCache=_cache(_WRITE_K, "pass", _WRITE_V, "pass"))
