"""Misconceptions of unit 06, as edits of the model solutions.

``GroupedQueryAttention`` of unit 07 has the lines of ``CachedAttention`` that rotate, store and
project: their misconceptions are written here, once for both.
"""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.wrappers import (
    changes,
    needs_the_cpu,
    returns,
    returns_argument,
    returns_float32,
    returns_fresh_zeros,
    returns_zeros,
)
from autograder.units.shared.wrong_attention import around_attention_with, around_known

_EQUALS = "equals_the_reference"
_GIVEN = "takes_the_given_positions"
_TURNED = "turned = torch.cat((first * cos - second * sin, first * sin + second * cos), dim=-1)"
_ROTARY_RETURN = "return turned.to(x.dtype)"
_ANGLE = "angle = positions.to(x.device, work)[:, None] * speed"
_SPEED = "speed = base ** (-2 * pair / d_head)"
_CHUNKS = "first, second = x.to(work).chunk(2, dim=-1)"

_TURNS = "turns_queries_and_keys"
_CUTS = "every_cut_is_alike"
_LONGER = "a_longer_cut"
_WHOLE = "whole_sequence"
_USUAL = "heads_of_the_usual_width"
_ONCE = "tokens_are_stored_once"
_POSITIONS = "positions = torch.arange(start, start + x.shape[1], device=x.device)"
_Q = "q = rotary(q, positions, self.rope_base)"
_K = "k = rotary(k, positions, self.rope_base)"
_APPEND = "k, v = cache.append(k, v)"
_MODULE_MASK = "mask = causal_mask(q.shape[2], k.shape[2]).to(x.device)"
_MODULE_RETURN = "return self.o_proj(merge_heads(heads))"


def _both(*edits):
    """The same edits for the modules of unit 06 and unit 07."""
    return {"CachedAttention": list(edits), "GroupedQueryAttention": list(edits)}


def _rotary(old, new, fails=_EQUALS):
    return edit(old, new, fails=fails)


misconception(
    "positions_restart",
    says="positions are counted from 0 in every call",
    asks="The cache holds five tokens. Which position does the next one have?",
    rotary=_rotary(
        _ANGLE, "angle = torch.arange(len(positions)).to(x.device, work)[:, None] * speed", _GIVEN
    ),
    **_both(edit(_POSITIONS, "positions = torch.arange(x.shape[1], device=x.device)", fails=_CUTS)),
)
misconception(
    "interleaved_pairs",
    says="neighbouring numbers are taken for pairs, not numbers i and i + d_head / 2",
    asks="Which of the two conventions does the task name, and where is the partner of number 0?",
    rotary=[
        edit(
            _CHUNKS,
            "first, second = x.to(work)[..., 0::2], x.to(work)[..., 1::2]",
            _TURNED,
            swap(_TURNED, "cat", "stack") + ".flatten(-2)",
            fails=_EQUALS,
        ),
        edit(
            _CHUNKS, "first, second = x.to(work)[..., 0::2], x.to(work)[..., 1::2]", fails=_EQUALS
        ),
    ],
)
misconception(
    "rotated_backwards",
    says="the vectors turn the other way round",
    asks="Take (1, 0) and a quarter turn. Should it become (0, 1) or (0, -1)?",
    rotary=_rotary("cos, sin = angle.cos(), angle.sin()", "cos, sin = angle.cos(), -angle.sin()"),
)
misconception(
    "base_ignored",
    says="the base is always 10000",
    asks="Where does your code use `base`?",
    rotary=_rotary("speed = base **", "speed = 10000.0 **", "uses_the_base"),
)
misconception(
    "half_exponent",
    says="the speeds are base ** (-i / d_head): the exponent lacks its factor 2",
    asks="The last pair should turn almost as slowly as 1 / base. How slow is yours?",
    rotary=_rotary("-2 * pair / d_head", "-pair / d_head"),
)
misconception(
    "one_speed",
    says="all pairs turn at the speed of the first",
    asks="With one speed, which positions look alike after a full turn?",
    rotary=_rotary("-2 * pair / d_head", "-0.0 * pair / d_head"),
)
misconception(
    "speeds_reversed",
    says="the first pair is the slowest one, not the fastest",
    asks="What is base ** 0, and which pair has i = 0?",
    rotary=[
        _rotary(_SPEED, f"{_SPEED}.flip(0)"),
        _rotary("-2 * pair / d_head", "2 * pair / d_head"),
        _rotary("-2 * pair / d_head", "(2 * pair - d_head) / d_head"),
    ],
)
misconception(
    "positions_from_one",
    says="positions are counted one too high",
    asks="By how much should the vector at position 0 turn?",
    rotary=_rotary(
        "positions.to(x.device, work)[:, None]", "(1 + positions.to(x.device, work))[:, None]"
    ),
)
misconception(
    "low_precision_angles",
    says="the angles are computed in half precision, where far positions are rounded together",
    asks="What is torch.tensor(257, dtype=torch.bfloat16)?",
    rotary=[
        _rotary(
            "work = torch.promote_types(x.dtype, torch.float32)",
            "work = x.dtype",
            "far_positions_in_half_precision",
        ),
        _rotary(
            "positions.to(x.device, work)[:, None]",
            "positions.to(x.device, x.dtype)[:, None].to(work)",
            "far_positions_in_half_precision",
        ),
        _rotary(
            "cos, sin = angle.cos(), angle.sin()",
            "angle = angle.to(x.dtype).to(work)\ncos, sin = angle.cos(), angle.sin()",
            "far_positions_in_half_precision",
        ),
    ],
)
misconception(
    "second_half_not_turned",
    says="only the first half of the result is turned; the second is as it was",
    asks="A turn changes both numbers of a pair. What happens to the second of yours?",
    rotary=[
        _rotary("first * sin + second * cos)", "second + 0 * (first * sin + second * cos))"),
        _rotary("first * sin + second * cos)", "second * cos)"),
    ],
)
misconception(
    "sign_missing",
    says="both halves are added: the minus sign of the turn is missing",
    asks="A turn keeps lengths. Does yours?",
    rotary=_rotary("first * cos - second", "first * cos + second"),
)
misconception(
    "sin_cos_swapped",
    says="sine and cosine have changed places",
    asks="What should position 0 do to a vector, and what do cos 0 and sin 0 give?",
    rotary=_rotary("cos, sin = angle.cos(), angle.sin()", "cos, sin = angle.sin(), angle.cos()"),
)
misconception(
    "no_error_when_odd",
    says="an odd d_head is accepted, and a number is lost or left as it is",
    asks="Five numbers make two pairs. Who would notice the fifth?",
    rotary=[
        edit(
            "d_head % 2 != 0",
            "d_head < 0",
            _CHUNKS,
            "first, second = x.to(work)[..., : d_head // 2 * 2].chunk(2, dim=-1)",
            fails="refuses_an_odd_width",
        ),
        edit("d_head % 2 != 0", "d_head < 0", fails="refuses_an_odd_width"),
    ],
)

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
_LAST = "[:, :, -max_len:]"
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
    **_both(
        edit(
            "k = split_heads(self.k_proj(x)",
            "k = split_heads(self.v_proj(x)",
            "v = split_heads(self.v_proj(x)",
            "v = split_heads(self.k_proj(x)",
            fails=_WHOLE,
        ),
        edit(_APPEND, "v, k = cache.append(k, v)", fails=_CUTS),
        edit("if cache is not None:", "k, v = v, k\nif cache is not None:", fails=_WHOLE),
    ),
)
misconception(
    "keys_as_values",
    KVCache=_cache(_CACHE_RETURN, "return self.keys[:, :, :end], self.keys[:, :, :end]"),
    **_both(edit("self.v_proj(x)", "self.k_proj(x)", fails=_WHOLE)),
)
misconception(
    "values_as_keys",
    KVCache=_cache(_CACHE_RETURN, "return self.values[:, :, :end], self.values[:, :, :end]"),
    **_both(edit("self.k_proj(x)", "self.v_proj(x)", fails=_WHOLE)),
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
    rotary=_rotary(
        "torch.arange(d_head // 2, device=x.device,",
        "torch.arange(d_head // 2,",
        "rotary_gradient_and_device",
    ),
    KVCache=_cache(
        "self.keys = torch.zeros(shape, dtype=dtype, device=device)",
        "self.keys = torch.zeros(shape, dtype=dtype)",
        "self.values = torch.zeros(shape, dtype=dtype, device=device)",
        "self.values = torch.zeros(shape, dtype=dtype)",
        fails="stores_numbers",
    ),
    **_both(needs_the_cpu("keeps_dtype_and_device")),
)
misconception(
    "wrong_dtype",
    rotary=[
        _rotary(_ROTARY_RETURN, "return turned", "far_positions_in_half_precision"),
        returns_float32(_EQUALS),
    ],
    **_both(returns_float32("keeps_dtype_and_device")),
)
misconception(
    "changes_inputs",
    rotary=changes("x", "rotary_gradient_and_device"),
    KVCache=changes("k", "stores_numbers", ".data.zero_()", "append"),
    **_both(changes("x", "answers_alike_and_leaves_x")),
)
misconception(
    "returns_input",
    rotary=returns_argument("x", _EQUALS),
    **_both(returns_argument("x", _WHOLE)),
)
misconception(
    "returns_zeros",
    rotary=[
        returns_fresh_zeros(_EQUALS),
        returns_zeros(_EQUALS),
    ],
    KVCache=_cache(_WRITE_K, "pass", _WRITE_V, "pass"),
    **_both(returns_fresh_zeros(_WHOLE), returns_zeros(_WHOLE)),
)

misconception(
    "positions_after_append",
    says="the positions start at the cache's length after the append: all are too late",
    asks="At which moment do you read cache.length: before or after it takes up the new tokens?",
    **_both(
        edit("else cache.length", "else cache.length + x.shape[1]", fails=_CUTS),
        edit(
            "start = 0 if cache is None else cache.length",
            "start = 0 if cache is None else cache.length + x.shape[1]",
            "k = rotary(k, positions, self.rope_base)",
            "k = rotary(k, positions - (0 if cache is None else x.shape[1]), self.rope_base)",
            fails=_CUTS,
        ),
    ),
)
misconception(
    "keys_rotated_twice",
    says="keys are turned before they are stored, and again when they are read",
    asks="A stored key was turned by its position once. What does a second turn make of it?",
    **_both(
        edit(
            _APPEND,
            f"{_APPEND}\nif self.rope_base is not None:\n"
            "    everything = torch.arange(k.shape[2], device=x.device)\n"
            "    k = rotary(k, everything, self.rope_base)",
            fails=_CUTS,
        ),
        edit(_K, f"k = rotary({swap(_K, 'k =', '')}, positions, self.rope_base)", fails=_TURNS),
    ),
)
misconception(
    "values_rotated",
    says="values are turned as well",
    asks="Positions should decide *whom* a query finds. Should they change what it is told?",
    **_both(edit(_K, f"{_K}\nv = rotary(v, positions, self.rope_base)", fails=_TURNS)),
)
misconception(
    "only_queries_rotated",
    says="only the queries are turned, not the keys",
    asks="A dot product knows the distance if both vectors turn. Which one stands still?",
    **_both(edit(_K, "pass", fails=_TURNS)),
)
misconception(
    "only_keys_rotated",
    says="only the keys are turned, not the queries",
    asks="A dot product knows the distance if both vectors turn. Which one stands still?",
    **_both(edit(_Q, "pass", fails=_TURNS)),
)
misconception(
    "rope_ignored",
    says="nothing is turned, though rope_base is given",
    asks="Where does forward use rope_base?",
    **_both(edit("if self.rope_base is not None:", "if False:", fails=_TURNS)),
)
misconception(
    "rope_always",
    says="queries and keys are turned, though rope_base is None",
    asks="What does rope_base=None promise?",
    **_both(
        edit("self.rope_base = rope_base", "self.rope_base = rope_base or 10000.0", fails=_WHOLE)
    ),
)
misconception(
    "rope_base_ignored",
    says="queries and keys are turned with the base 10000, whatever rope_base says",
    asks="Does your call of rotary pass on the base?",
    **_both(
        edit(
            "rotary(q, positions, self.rope_base)",
            "rotary(q, positions)",
            "rotary(k, positions, self.rope_base)",
            "rotary(k, positions)",
            fails=_TURNS,
        )
    ),
)
misconception(
    "rotated_before_split",
    says="the wide vector of all heads is turned, before it is split into heads",
    asks="Pairs belong to one head. Which two numbers make a pair in your vector?",
    **_both(
        edit(
            _Q,
            "q = split_heads(rotary(merge_heads(q), positions, self.rope_base), q.shape[1])",
            _K,
            "k = split_heads(rotary(merge_heads(k), positions, self.rope_base), k.shape[1])",
            fails=_TURNS,
        )
    ),
)
misconception(
    "cache_ignored",
    says="the cache that is given is not used",
    asks="Where does forward use `cache`?",
    **_both(
        edit(_APPEND, "pass", fails=_LONGER),
        edit("if cache is not None:", "if False:", fails=_LONGER),
        edit(
            "if cache is not None:",
            "if False:",
            "start = 0 if cache is None else cache.length",
            "start = 0",
            fails=_LONGER,
        ),
    ),
)
misconception(
    "cache_not_read",
    says="the new tokens are stored, but attend only to themselves",
    asks="append returns something. What do you do with it?",
    **_both(
        edit(_APPEND, "cache.append(k, v)", fails=_LONGER),
    ),
)
misconception(
    "appended_twice",
    says="the new tokens are stored twice",
    asks="How often is append called in one forward?",
    **_both(
        edit(_APPEND, f"cache.append(k, v)\n{_APPEND}", fails=_ONCE),
    ),
)
misconception(
    "module_keeps_the_cache",
    says="the module itself keeps something from one call to the next",
    asks="Two texts are written by the same module, in turns. Whose keys does it see?",
    **_both(
        edit(
            "start = 0 if cache is None else cache.length",
            "cache = self.kept = cache if getattr(self, 'kept', None) is None else self.kept\n"
            "start = 0 if cache is None else cache.length",
            fails=_ONCE,
        ),
        edit(
            "start = 0 if cache is None else cache.length",
            "start = self.seen = 0 if cache is None else getattr(self, 'seen', 0)\n"
            "self.seen += 0 if cache is None else x.shape[1]",
            fails=_ONCE,
        ),
    ),
)
misconception(
    "only_last_output",
    says="only the output of the last token comes back",
    asks="A chunk holds several tokens. How many outputs should there be?",
    **_both(
        returns("output[:, -1:]", _WHOLE, "returns_last_token"),
    ),
)
_SQUARE = "torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).tril().to(x.device)"
misconception(
    "mask_top_left",
    says="the causal mask of a chunk is aligned at the top left: new tokens see old keys only",
    asks="The last query may see the last key. At which corner do the two meet?",
    CachedAttention=edit(_MODULE_MASK, f"mask = {_SQUARE}", fails=_CUTS),
    GroupedQueryAttention=edit(
        "causal = causal_mask(q.shape[2], k.shape[2]).to(x.device)",
        f"causal = {_SQUARE}",
        fails=_CUTS,
    ),
)
_NO_MASK = "torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=x.device)"
misconception(
    "mask_missing_with_cache",
    says="with a cache nothing hides the future: tokens of a chunk see those behind them",
    asks="Two tokens come at once. May the first attend to the second?",
    CachedAttention=edit(
        _MODULE_MASK,
        f"{_MODULE_MASK} if cache is None else {_NO_MASK}",
        fails=_CUTS,
    ),
    GroupedQueryAttention=edit(
        "causal = causal_mask(q.shape[2], k.shape[2]).to(x.device)",
        f"causal = {_NO_MASK}",
        fails=_CUTS,
    ),
)
misconception(
    "not_causal",
    says="nothing hides the future",
    asks="Which keys may the first token attend to?",
    CachedAttention=edit(_MODULE_MASK, "mask = None", fails=_WHOLE),
)
misconception(
    "mask_off_by_one",
    says="the mask is off by one",
    asks="May a token attend to itself? And to the next one?",
    CachedAttention=[
        edit(
            _MODULE_MASK,
            "mask = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=x.device)"
            f".tril(k.shape[2] - q.shape[2] + {by})",
            fails=_WHOLE,
        )
        for by in (1, -1)
    ],
    GroupedQueryAttention=[
        edit(
            "causal = causal_mask(q.shape[2], k.shape[2]).to(x.device)",
            "causal = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=x.device)"
            f".tril(k.shape[2] - q.shape[2] + {by})",
            fails=_CUTS,
        )
        for by in (1, -1)
    ],
)

_WIDTH = "self.q_proj.out_features / self.num_heads"


def _scale(factor):
    return _both(edit("(self.q_proj(x)", f"(({factor}) ** 0.5 * self.q_proj(x)", fails=_WHOLE))


misconception("no_scale", **_scale(_WIDTH))
misconception("scale_by_d", **_scale(f"1 / ({_WIDTH})"))
misconception("scaled_twice", **_scale(f"1 / ({_WIDTH})"))
misconception("scale_by_sqrt_d_model", **_scale(f"{_WIDTH} / x.shape[-1]"))
misconception("scale_by_sqrt_length", **_scale(f"{_WIDTH} / x.shape[1]"))
misconception("multiplied_by_scale", **_scale(f"({_WIDTH}) ** 2"))
misconception("scale_by_total_width", **_scale("1 / self.num_heads"))
_LINEAR_Q = "self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)"
_LINEAR_O = "self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)"
_LINEARS = {
    "CachedAttention": {
        **{x: f"self.{x}_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)" for x in "kv"},
    },
    "GroupedQueryAttention": {
        **{
            x: f"self.{x}_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)" for x in "kv"
        },
    },
}


def _bias(value):
    made = {}
    for exercise, linears in _LINEARS.items():
        linears = linears | {"q": _LINEAR_Q, "o": _LINEAR_O}
        made[exercise] = [
            edit(
                *(
                    text
                    for letter in letters
                    for text in (
                        linears[letter],
                        swap(linears[letter], "bias=bias", f"bias={value}"),
                    )
                ),
                fails="has_the_projections",
            )
            for letters in ("qkvo", "qkv", "o", "kv", "qk")
        ]
    return made


misconception("bias_ignored", **_bias("False"))
misconception("bias_always", **_bias("True"))
misconception(
    "projection_names",
    **_both(
        edit(
            _LINEAR_Q,
            swap(_LINEAR_Q, "q_proj", "query"),
            "self.q_proj(x)",
            "self.query(x)",
            fails="has_the_projections",
        ),
    ),
)
misconception(
    "d_head_ignored",
    **_both(
        edit(
            "if d_head is None:\n    if d_model",
            "if True:\n    if d_head is None and d_model",
            fails="has_the_projections",
        )
    ),
)
misconception(
    "no_error_when_indivisible",
    CachedAttention=edit(
        "d_model % num_heads != 0", "d_model < num_heads", fails="refuses_what_does_not_divide"
    ),
)
misconception(
    "projection_shared",
    CachedAttention=[
        edit("self.k_proj(x)", "self.q_proj(x)", fails=_WHOLE),
        edit("self.q_proj(x)", "self.k_proj(x)", fails=_WHOLE),
    ],
)
_VIEW = "(lambda t, h: t.reshape(t.shape[0], h, t.shape[1], -1))"
_DEAL = "(lambda t, h: t.unflatten(-1, (-1, h)).permute(0, 3, 1, 2))"


def _splits(new, *pieces):
    each = [text for x in "qkv" for text in (f"{x} = split_heads", f"{x} = {new}")]
    return edit(*each, *pieces, fails=_WHOLE)


_DEALT = "return self.o_proj(heads.permute(0, 2, 3, 1).flatten(2))"
misconception("split_by_view", **_both(_splits(_VIEW)))
misconception("split_interleaved", **_both(_splits(_DEAL)))
misconception("heads_interleaved", **_both(_splits(_DEAL, _MODULE_RETURN, _DEALT)))
misconception("joined_interleaved", **_both(edit(_MODULE_RETURN, _DEALT, fails=_WHOLE)))
misconception(
    "merge_by_view",
    **_both(
        edit(
            _MODULE_RETURN,
            "return self.o_proj(heads.reshape(heads.shape[0], heads.shape[2], -1))",
            fails=_WHOLE,
        ),
    ),
)
misconception(
    "heads_reversed",
    **_both(edit(_MODULE_RETURN, "return self.o_proj(merge_heads(heads.flip(1)))", fails=_WHOLE)),
)
misconception(
    "every_head_reads_head_0",
    CachedAttention=[
        edit(
            "(q, k, v, mask)",
            "(q, k[:, :1].expand_as(k), v[:, :1].expand_as(v), mask)",
            fails=_WHOLE,
        ),
        edit(
            _MODULE_RETURN,
            "return self.o_proj(merge_heads(heads[:, :1].expand_as(heads)))",
            fails=_WHOLE,
        ),
    ],
)
misconception(
    "output_projection_missing",
    **_both(edit(_MODULE_RETURN, "return merge_heads(heads)", fails=_USUAL)),
)
misconception(
    "dropout_active",
    **_both(
        edit(
            _MODULE_RETURN,
            "return self.o_proj(nn.functional.dropout(merge_heads(heads), 0.2))",
            fails="answers_alike_and_leaves_x",
        ),
    ),
)


for _name in ("softmax_over_queries", "uniform_weights", "mask_after_softmax", "additive_mask"):
    misconception(_name, CachedAttention=around_known(_name, _WHOLE))
misconception(
    "finite_mask_value",
    CachedAttention=around_known("finite_mask_value", _WHOLE, most=4),
)
misconception("no_softmax", CachedAttention=around_attention_with("scores", _WHOLE))

_BYTES = "values = 2 * num_layers * num_kv_heads * d_head * tokens * batch"
_BYTES_RETURN = "return values * bytes_per_value"
_COUNTS = "counts_everything"


def _without(factor):
    return edit(_BYTES, swap(_BYTES, factor, ""), fails=_COUNTS)


misconception(
    "keys_or_values_only",
    says="only the keys are counted, or only the values",
    asks="What does attention need of an old token besides its key?",
    kv_cache_bytes=_without("2 * "),
)
misconception(
    "layers_forgotten",
    says="one layer is counted, not all of them",
    asks="Does each layer have a cache of its own?",
    kv_cache_bytes=_without("num_layers * "),
)
misconception(
    "batch_forgotten",
    says="the batch is forgotten",
    asks="Two users send two texts. Can they share keys?",
    kv_cache_bytes=_without(" * batch"),
)
misconception(
    "tokens_forgotten",
    says="one token is counted, not all of them",
    asks="How does the cache grow with the text?",
    kv_cache_bytes=_without(" * tokens"),
)
misconception(
    "heads_forgotten",
    kv_cache_bytes=_without("num_kv_heads * "),
)
misconception(
    "bytes_forgotten",
    says="the bytes of one value are forgotten: numbers are counted, not bytes",
    asks="How many bytes does a number in float16 take, and in float32?",
    kv_cache_bytes=[
        edit(_BYTES_RETURN, "return values", fails=_COUNTS),
        edit(_BYTES_RETURN, "return values * 2", fails=_COUNTS),
    ],
)
misconception(
    "bits_for_bytes",
    says="bits are counted, not bytes",
    asks="bytes_per_value=2 are 16 bits. Is there anything left to multiply by?",
    kv_cache_bytes=edit(_BYTES_RETURN, f"{_BYTES_RETURN} * 8", fails=_COUNTS),
)
misconception(
    "float_result",
    kv_cache_bytes=returns("output * 1.0", _COUNTS),
)
