# %% [markdown]
# # Exercises 09: in production
#
# Which attention a product uses, what that costs, and how you see it fail.
# The [lesson](../../lessons/09_in_production.ipynb) shows every idea you need, with numbers.
#
# Sizes are whole numbers of bytes, and exact: `//` and `%` on ints, no floats. (`healthy_trace` is
# for exercise 5.)

# %%
import math

import torch

from autograder import check, hint, mine, status


def healthy_trace(seed, length=24):
    """What a healthy model does on one text: ``(weights, logits)``, both ``(3, 4, L, L)``."""
    heads = [  # three layers of four heads: first token, token before, nearness, content
        [(1.0, 0.0, 0.3, 1.0), (0.0, 5.0, 0.0, 1.0), (2.4, 0.0, 0.0, 1.5), (0.0, 0.0, 0.6, 0.8)],
        [(3.5, 0.0, 0.0, 1.0), (2.2, 2.0, 0.0, 1.0), (5.0, 0.0, 0.0, 1.5), (2.4, 0.0, 0.1, 1.0)],
        [(6.0, 0.0, 0.0, 2.0), (3.5, 1.0, 0.0, 1.5), (4.0, 0.0, 0.2, 1.0), (0.5, 0.0, 0.0, 2.0)],
    ]
    generator = torch.Generator().manual_seed(seed)
    shares = torch.tensor(heads).double().movedim(-1, 0)[..., None, None]  # (4, 3, 4, 1, 1)
    q, k = torch.randn(2, 3, 4, length, 16, generator=generator, dtype=torch.float64)
    text = torch.randn(4, 1, 1, 1, 1, generator=generator, dtype=torch.float64)
    first, before, near, content = shares * (1 + 0.15 * text)
    past = torch.arange(length)[:, None] - torch.arange(length)  # (L, L)
    logits = content * (q @ k.mT) / 4 - near * past
    logits = logits + first * (torch.arange(length) == 0) + before * (past == 1)
    return logits.masked_fill(past < 0, -math.inf).softmax(-1), logits


# %% [raw]
# exercise: what_changes
# title: What changes, and what stays
# minutes: 15
# difficulty: 2
# points: 6
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Take one change and one column. Which formula of units 03 to 08 gives the number? Does what
#     changes stand in it?
#   - >-
#     Parameters: the projections, by heads and their width. Cache: KV heads, their width, bytes of
#     a value, positions kept. FLOPs and weights: every *query* head meets every key that it may
#     see.
#   - |-
#     for each change, write down before and after:
#         query heads, KV heads, d_head, bytes of a value
#         keys that one query sees
#     parameters: which of these are in the shape of a projection?
#     cache:      which of these are multiplied, and how often?
#     flops:      a dot product for each (query head, key): of which width?
#     weights:    how many pairs (query head, key) are there?

# %% [markdown]
# A decoder of 32 layers with `d_model` 4096 and 32 heads of width 128 has read 4096 tokens, and
# writes the next one. Somebody changes one thing and leaves all else. What becomes of each column:
# `"more"`, `"less"` or `"same"`?
#
# - `parameters`: numbers in the attention layers
# - `cache`: bytes of keys and values kept for this text
# - `flops`: of the scores and the weighted sum for the new token, projections not counted
# - `weights`: attention weights of the new token, in all heads together
#
# The first row is filled in.

# %%
CHANGES = {
    "one head": "one head of width 4096 in place of 32 of width 128",
    "GQA": "8 KV heads in place of 32",
    "MQA": "1 KV head in place of 32",
    "window": "each token sees the last 1024 tokens, and older ones are dropped",
    "cross": "in one layer, tokens attend to a fixed document of 500 tokens, not to the text",
    "8 bits": "keys and values are kept in 8 bits in place of 16",
    "additive": "the score is w @ tanh(q + k), with a vector w of its own for each head",
    "wide heads": "d_head 256 in place of 128, and 32 heads as before",
    "long text": "8192 tokens read in place of 4096",
}


def what_changes():
    """What each of ``CHANGES`` does to parameters, cache, FLOPs and weights.

    Returns:
        Dictionary: for each name in ``CHANGES`` a dictionary with ``parameters``, ``cache``,
        ``flops`` and ``weights``, each ``"more"``, ``"less"`` or ``"same"``.
    """
    first = {"parameters": "same", "cache": "same", "flops": "same", "weights": "less"}
    table = {"one head": first}
    ### BEGIN SOLUTION
    rows = (
        ("GQA", "less", "less", "same", "same"),
        ("MQA", "less", "less", "same", "same"),
        ("window", "same", "less", "less", "less"),
        ("cross", "same", "less", "less", "less"),
        ("8 bits", "same", "less", "same", "same"),
        ("additive", "more", "same", "more", "same"),
        ("wide heads", "more", "more", "more", "same"),
        ("long text", "same", "more", "more", "more"),
    )
    for name, *words in rows:
        table[name] = dict(zip(first, words, strict=True))
    return table
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Sharing KV heads shrinks two projections and the cache. Every query head
# still meets every key, so FLOPs and weights stay. A window, or a short document, takes keys away:
# then there is less to keep, to multiply and to weigh, with the same parameters.
#
# **The usual wrong turns.** "GQA halves the compute": it halves what is *read*, and a decode step
# waits for reading (unit 08). A window that is only a mask: then nothing is dropped and the cache
# stays. 8 bits as fewer FLOPs: the same products, of smaller numbers.
#
# **What production code does.** Names of mechanisms are not costs. A release memo gives these four
# numbers for its own shape and context, and one for quality.

# %% [raw]
# exercise: bytes_per_token
# title: Reading a config.json
# minutes: 20
# difficulty: 3
# points: 8
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Take each file by hand, line by line. Which of its entries decide what is stored for a token?
#     Which that you look for are not there, or `null`?
#   - >-
#     Without `num_key_value_heads` every query head has its own. Without `head_dim` it is
#     `hidden_size` over the *query* heads; where it is there, it counts, whatever that quotient is.
#     `None` is no number. Latent attention keeps one vector and its rotary part, not heads.
#   - |-
#     size = bytes of a value, by the name of the dtype: under which of two keys does it stand?
#     if the file has a kv_lora_rank: which two widths are kept, and is there a factor 2?
#     else:
#         KV heads: what if the entry is missing, or None?
#         width of a head: given, or from which two?
#         how many numbers, for keys and values?
#     how often, in a model?

# %% [markdown]
# How many bytes of cache one token takes in all layers together, from the model's configuration
# file. Real files differ, and all of this occurs:
#
# - `num_key_value_heads` or `head_dim` is missing or `None`
# - the dtype stands under `torch_dtype` or under `dtype`: `"float32"`, `"float16"`, `"bfloat16"` or
#   `"float8_e4m3fn"`
# - latent attention (MLA): a file with a `kv_lora_rank` that is not `None` keeps, for each token
#   and layer, one vector of width `kv_lora_rank` and one of `qk_rope_head_dim`, for all heads
#   together; its `num_key_value_heads` says nothing about the cache
#
# Count a token that every layer still keeps: windows come in the next exercise.

# %%
CONFIGS = {  # from the files of that name on the Hugging Face hub, other entries left out
    "Llama-2-7B": {
        "hidden_size": 4096,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "torch_dtype": "float16",
    },
    "Llama-3-8B": {
        "hidden_size": 4096,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "torch_dtype": "bfloat16",
    },
    "Qwen3-0.6B": {
        "head_dim": 128,
        "hidden_size": 1024,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "sliding_window": None,
        "torch_dtype": "bfloat16",
    },
    "gpt-oss-20b": {
        "head_dim": 64,
        "hidden_size": 2880,
        "num_hidden_layers": 24,
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
        "layer_types": ["sliding_attention", "full_attention"] * 12,
        "sliding_window": 128,
        "dtype": "bfloat16",
    },
    "DeepSeek-V2": {
        "hidden_size": 5120,
        "num_hidden_layers": 60,
        "num_attention_heads": 128,
        "num_key_value_heads": 128,
        "kv_lora_rank": 512,
        "qk_rope_head_dim": 64,
        "torch_dtype": "bfloat16",
    },
}


def bytes_per_token(config):
    """Bytes that the cache of one token takes, in all layers.

    Args:
        config: dictionary with the entries of a ``config.json``.

    Returns:
        An int, in bytes.
    """
    ### BEGIN SOLUTION
    sizes = {"float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1}
    size = sizes[config.get("torch_dtype") or config.get("dtype")]
    heads = config["num_attention_heads"]
    if config.get("kv_lora_rank") is not None:
        values = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    else:
        kv_heads = config.get("num_key_value_heads") or heads
        d_head = config.get("head_dim") or config["hidden_size"] // heads
        values = 2 * kv_heads * d_head
    return config["num_hidden_layers"] * values * size
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Two tensors for each KV head and layer, as wide as a head. MLA keeps what
# keys and values are made from ([DeepSeek-V2](https://arxiv.org/abs/2405.04434), Section 2.1): 576
# numbers for all 128 heads, 69,120 bytes a token. With heads of its own it would be 60 times
# 65,536.
#
# **The usual wrong turns.** `hidden_size // num_attention_heads` though `head_dim` is given: 64 in
# place of 128 for Qwen3, 45 in place of 64 for gpt-oss. The query heads: four times too much for
# Llama-3. `config.get("head_dim", default)`: an entry that is `None` gets no default.
#
# **What production code does.** The same, with the same errors:
# [transformers#35896](https://github.com/huggingface/transformers/issues/35896),
# [LMCache#2480](https://github.com/LMCache/LMCache/issues/2480). A server that counts too little
# runs out of memory under load; one that counts too much turns users away, and nobody notices.

# %% [raw]
# exercise: max_concurrent_sequences
# title: How many users fit
# minutes: 30
# difficulty: 4
# points: 10
# prerequisites: [bytes_per_token]
# forbidden: []
# hints:
#   - >-
#     What does one sequence of 100 tokens take on *one* GPU, in one layer with full attention? In
#     one with a window of 64? Blocks are taken whole.
#   - >-
#     Bytes of a token in one layer on one GPU: as in `bytes_per_token`, with the KV heads that this
#     GPU holds, and it holds one at least. Positions that a layer keeps: all, or at most the
#     window; rounded up to whole blocks. Then memory that is left over bytes of an average
#     sequence, without a float: multiply before you divide.
#   - |-
#     free = what is left of one GPU's memory beside its part of the weights
#     if the weights do not fit: how many sequences?
#     for each length of the sample:
#         for each layer: positions kept? blocks? bytes on this GPU?
#     total = bytes of all sequences of the sample
#     free / (total / number of sequences): as one division of ints

# %% [markdown]
# A server has `ranks` equal GPUs with `memory` bytes each (*tensor parallel*): weights and heads
# are split evenly among them. Each holds `num_key_value_heads / ranks` KV heads of every layer.
# Where there are fewer KV heads than ranks, each GPU holds one: copies of the same head save
# nothing.
#
# `tokens` is a sample of how long sequences are. How many sequences fit at once, if each takes the
# *average* bytes of a sequence of that sample? The cache is handed out in whole blocks of `block`
# tokens, for each sequence and layer. A layer called `"sliding_attention"` in `layer_types` keeps
# at most `sliding_window` tokens of a sequence; without `layer_types`, all layers keep all.
#
# Configurations here have no latent attention. If the weights leave no room, the answer is 0.


# %%
def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    """How many sequences a server can hold in memory at once.

    Args:
        config: dictionary with the entries of a ``config.json``, as in ``bytes_per_token``.
        memory: bytes of one GPU.
        weight_bytes: bytes of all weights; each GPU holds ``weight_bytes / ranks``, rounded up.
        tokens: list of lengths of sequences, in tokens; a sample of what comes in.
        block: tokens in a block of the cache.
        ranks: number of GPUs; divides ``num_key_value_heads``, or is a multiple of it.

    Returns:
        Whole sequences of average size, an int.
    """
    ### BEGIN SOLUTION
    layers, heads = config["num_hidden_layers"], config["num_attention_heads"]
    kv_heads = config.get("num_key_value_heads") or heads
    kv_heads_here = max(1, kv_heads // ranks)
    in_one_layer = bytes_per_token(config) // layers // kv_heads * kv_heads_here
    kinds = config.get("layer_types") or ["full_attention"] * layers
    total = 0
    for length in tokens:
        for kind in kinds:
            kept = length
            if kind == "sliding_attention":
                kept = min(length, config["sliding_window"])
            blocks = -(-kept // block)
            total += blocks * block * in_one_layer
    free = memory - -(-weight_bytes // ranks)
    return max(0, free * len(tokens) // total)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Every layer of every sequence takes whole blocks. Free bytes over the average
# of a sequence is `free / (total / n)`, and `free * n // total` is that, exactly.
#
# **The usual wrong turns.** KV heads below the number of ranks: 4 KV heads on 8 GPUs are stored
# twice over, and the cache of a GPU stops shrinking. Rounding the *average* length up to blocks:
# each sequence is rounded. The window taken as a limit of the text: layers with full attention keep
# it all. Dividing before multiplying.
#
# **What production code does.** vLLM keeps `max(1, num_kv_heads // tp_size)` KV heads on a rank
# ([its Llama](https://docs.vllm.ai/en/v0.15.0/api/vllm/model_executor/models/llama/)) and hands out
# blocks of 16 tokens. It also needs room for activations, and takes 90 % of the memory at most:
# subtract that from `memory` before you ask.

# %% [raw]
# exercise: choose_kv_heads
# title: Which attention for which product
# minutes: 20
# difficulty: 3
# points: 8
# prerequisites: [max_concurrent_sequences]
# forbidden: []
# hints:
#   - >-
#     Take one card and go through its options. Which are good enough? Which of these serve all
#     users? What if several do, and what if none does?
#   - >-
#     An option changes two entries of the card's configuration: KV heads and dtype of the cache.
#     Ask `max_concurrent_sequences` for each. Of those that pass both tests the best quality wins;
#     of equal ones that with fewer bytes for a token.
#   - |-
#     for each card:
#         for each option (kv_heads, dtype, quality):
#             is it good enough? if not, next
#             the card's configuration with this option in it: a copy, or the card is changed
#             does it serve so many users?
#         of those left: in which order do quality and bytes decide?
#         what comes back if none is left?

# %% [markdown]
# A product is described by a card: its model and machine, what comes in, how many users must be
# served at once, and its options: KV heads, dtype of the cache, and the quality that was *measured*
# with both. Choose for each card, with blocks of 16 tokens:
#
# 1. Options below `least_quality` are out, and those that do not fit all `users` at once.
# 2. Of what is left the best quality wins. Sharing is no aim in itself.
# 3. Of equal quality, the one with fewer bytes for a token.
# 4. If nothing is left, the answer is `None`: somebody must change the card.
#
# The cards below are made up for this exercise, as are their qualities. Leave them as they are.

# %%
LLAMA = {
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "torch_dtype": "bfloat16",
}
CARDS = {
    "chat": {
        "config": LLAMA,
        "memory": 80 * 10**9,
        "weight_bytes": 16 * 10**9,
        "ranks": 1,
        "tokens": [500, 1000, 2000, 8000],
        "users": 100,
        "least_quality": 60.0,
        "options": [
            (32, "bfloat16", 66.0),
            (8, "bfloat16", 65.5),
            (8, "float8_e4m3fn", 65.0),
            (1, "bfloat16", 58.0),
        ],
    },
    "classifier": {
        "config": LLAMA,
        "memory": 80 * 10**9,
        "weight_bytes": 16 * 10**9,
        "ranks": 1,
        "tokens": [100, 200],
        "users": 64,
        "least_quality": 80.0,
        "options": [(32, "bfloat16", 91.0), (8, "bfloat16", 90.8), (1, "bfloat16", 90.0)],
    },
    "retrieval": {
        "config": LLAMA,
        "memory": 80 * 10**9,
        "weight_bytes": 16 * 10**9,
        "ranks": 2,
        "tokens": [128000],
        "users": 15,
        "least_quality": 70.0,
        "options": [
            (32, "bfloat16", 79.0),
            (8, "bfloat16", 76.0),
            (8, "float8_e4m3fn", 75.0),
            (1, "bfloat16", 61.0),
        ],
    },
    "archive": {
        "config": LLAMA,
        "memory": 24 * 10**9,
        "weight_bytes": 16 * 10**9,
        "ranks": 1,
        "tokens": [128000],
        "users": 8,
        "least_quality": 70.0,
        "options": [(32, "bfloat16", 79.0), (8, "bfloat16", 76.0), (1, "bfloat16", 61.0)],
    },
}


def choose_kv_heads(cards):
    """KV heads and dtype of the cache for each product.

    Args:
        cards: dictionary of cards by name, as ``CARDS``. They are left as they are.

    Returns:
        Dictionary: for each name the chosen pair ``(kv_heads, dtype)``, or None if none will do.
    """
    ### BEGIN SOLUTION
    chosen = {}
    for name, card in cards.items():
        left = []
        for kv_heads, dtype, quality in card["options"]:
            config = card["config"] | {"num_key_value_heads": kv_heads, "torch_dtype": dtype}
            fits = max_concurrent_sequences(
                config,
                card["memory"],
                card["weight_bytes"],
                card["tokens"],
                ranks=card["ranks"],
            )
            if quality >= card["least_quality"] and fits >= card["users"]:
                left.append((-quality, bytes_per_token(config), (kv_heads, dtype)))
        chosen[name] = min(left)[-1] if left else None
    return chosen
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Quality and capacity are limits; what passes both is compared by quality. So
# the classifier stays with MHA: 64 short texts fit anyway, and sharing would only risk something.
# The chat needs GQA, and no more of it. Retrieval has no plain answer: 16-bit keys of 8 heads do
# not fit, MQA is too poor, 8 bits save it, at a point of quality. The archive cannot be had on that
# machine.
#
# **The usual wrong turns.** The smallest cache that is good enough: it pays with quality for room
# that nobody needs. An option measured nowhere. The first that fits. Changing the card in passing.
#
# **What production code does.** The choice is made before training, and changed afterwards by
# conversion (unit 07) at a price: so the card's numbers for *long* inputs decide, since that is
# where few KV heads were seen to fail ([Ainslie et al. 2023](https://arxiv.org/abs/2305.13245),
# Appendix A).

# %% [raw]
# exercise: health_report
# title: What a dashboard says
# minutes: 45
# difficulty: 4
# points: 10
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Take one layer of two heads and three tokens, and work out all five numbers on paper. Which
#     axes does each one take a mean, a share, a largest or a smallest over?
#   - >-
#     Entropy: `torch.special.xlogy(p, p)` is 0 at 0. Sink: a mean over queries for each head, then
#     how many heads are above 0.3. Leak and largest: `tril` and `triu`, with which diagonal? Alike:
#     each head of a layer against each other one, not itself. For the alarms collect your numbers
#     over `healthy_trace(0)` to `healthy_trace(19)`: the twenty-first will be more extreme than all
#     of them more often than you think, so leave room.
#   - |-
#     if a weight is not finite: five times None, and which alarm?
#     entropy = mean of minus the sum of p log p over keys
#     sink    = share of heads whose mean weight, of queries 1 and later, on key 0 is above 0.3
#     leak    = largest of weights above the diagonal
#     alike   = smallest, over pairs of heads of one layer, of the mean over queries of half the
#               sum of |difference|
#     largest = largest |logit| on or below the diagonal
#     alarms  = for each number: is it outside what healthy texts give, and some room?

# %% [markdown]
# A server samples a text now and then, and logs what its heads do: `weights`, the attention weights
# of all layers, and `logits`, the scaled scores before the mask (*attention logits*). Write the
# report: five numbers, and which of them are an alarm.
#
# - `entropy`: of a row of weights, in nats; mean over all queries, heads and layers. 0 log 0 is 0
# - `sink`: share of heads, of all layers together, whose mean weight on the first key is above 0.3;
#   the first query has no choice and is left out of the mean
# - `leak`: largest weight on a key after its query
# - `alike`: distance of the two heads of one layer that are most alike. Distance of two rows is
#   half the sum of `|p - q|`, of two heads its mean over queries
# - `largest`: largest `|logit|` of a key that is not after its query. None without `logits`
#
# `alarms` lists the names of the numbers that are not healthy, in any order. If a weight is no
# finite number, the five are None and the alarm is `"nan"`.
#
# `healthy_trace(seed)`, in the first cell, gives weights and logits of a small made-up model, on
# another text for each seed. It takes the place of your server; its healthy range is yours to find.
# Graded are: at most 2 false alarms on 50 other healthy texts; the right name for a leak (however
# small), for two heads that do the same, for NaN, for one head whose logits explode; any alarm for
# a change in many heads, early if it grows. That leaves room for limits of several kinds.


# %%
def health_report(weights, logits=None):
    """Five numbers of a text's attention, and which of them are alarming.

    Args:
        weights: ``(layers, H, L, L)``, rows of queries; two heads and two tokens at least.
        logits: ``(layers, H, L, L)``, scaled scores before the mask, or None.

    Returns:
        Dictionary with ``entropy``, ``sink``, ``leak``, ``alike``, ``largest`` (floats, or None)
        and ``alarms`` (list of names).
    """
    ### BEGIN SOLUTION
    if not weights.isfinite().all():
        names = ("entropy", "sink", "leak", "alike", "largest")
        return dict.fromkeys(names) | {"alarms": ["nan"]}
    length = weights.shape[-1]
    rows = -torch.special.xlogy(weights, weights).sum(-1)  # (layers, H, L)
    on_first = weights[..., 1:, 0].mean(-1)  # (layers, H)
    apart = (weights[:, :, None] - weights[:, None]).abs().sum(-1) / 2  # (layers, H, H, L)
    one, other = torch.triu_indices(weights.shape[1], weights.shape[1], 1)
    found = {
        "entropy": rows.mean().item(),
        "sink": (on_first > 0.3).double().mean().item(),
        "leak": weights.triu(1).max().item(),
        "alike": apart.mean(-1)[:, one, other].min().item(),
        "largest": None,
    }
    if logits is not None:
        seen = torch.ones(length, length, dtype=torch.bool).tril()
        found["largest"] = logits[..., seen].abs().max().item()
    healthy = {
        "entropy": (0.85, 1.6),
        "sink": (0.1, 0.8),
        "leak": (0.0, 1e-6),
        "alike": (1e-3, 1.0),
        "largest": (5.0, 22.0),
    }
    alarms = []
    for name, (low, high) in healthy.items():
        if found[name] is not None and not low <= found[name] <= high:
            alarms.append(name)
    return found | {"alarms": alarms}
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Each number is blind to most faults and sees some: entropy a wrong scale, the
# sink a lost first token, the leak a mask, `alike` a copied head, `largest` one head that explodes.
# Limits are where healthy texts end *and some room*. Half their range more at both ends gives a
# false alarm on one text in 75 (measured on 600), and sees logits 2.5 times too large; the bare
# range of 20 texts alarms on every fifth healthy one.
#
# **The usual wrong turns.** Limits for the leak from its spread: it has none, and any leak is a
# fault. A mean over the heads where one head explodes. `nan < limit` is False, so the worst fault
# passes.
#
# **What production code does.** It logs such numbers for a sample of requests, a layer at a time.
# [Kimi K2](https://arxiv.org/abs/2507.20534) watches the largest logit of each head, and clips
# above 100.

# %% [raw]
# exercise: canary
# title: The same text, every hour
# minutes: 20
# difficulty: 3
# points: 8
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Two servers give logits that differ by a constant at each position. Do they predict the same?
#     What must be compared then?
#   - >-
#     Compare distributions: log_softmax of both, then the Kullback-Leibler divergence of each
#     position, from what was recorded. The *worst* position decides. And is `nan > limit` true?
#   - |-
#     log-probabilities of both, over the vocabulary
#     divergence of each position: sum over tokens of p * (log p - log q): whose p?
#     worst: which one of the positions?
#     first: the earliest that is above the limit; None if there is none
#     passes: write it so that NaN does not pass

# %% [markdown]
# A canary is a fixed text whose logits were recorded when all was well. Every hour the server
# computes them again. Its text may differ from hour to hour in perfect health (sums in another
# order round differently), so logits are compared, with a limit, and not what is written.
#
# At each position, take the Kullback-Leibler divergence from the recorded distribution to the new
# one, `sum(p * (log p - log q))` in nats, `p` recorded. Adding a constant to all logits of a
# position changes nothing. Logits may come in 16 bits; compute in 32 or more. The canary passes if
# no position is above `limit`. A position whose divergence is no finite number is above any limit.


# %%
def canary(logits, recorded, limit=0.05):
    """Compare a run with a recorded one, position by position.

    Args:
        logits: ``(L, vocabulary)``, of the server as it is now.
        recorded: ``(L, vocabulary)``, of the same text when all was well.
        limit: nats that a position may diverge.

    Returns:
        Dictionary with ``passes`` (bool), ``worst`` (largest divergence, a float in nats,
        ``math.inf`` if one is no finite number) and ``first`` (index of the first position above
        the limit, an int, or None).
    """
    ### BEGIN SOLUTION
    want = recorded.double().log_softmax(-1)  # (L, vocabulary)
    got = logits.double().log_softmax(-1)  # (L, vocabulary)
    divergence = (want.exp() * (want - got)).sum(-1)  # (L,)
    divergence = divergence.nan_to_num(nan=math.inf, posinf=math.inf)
    above = divergence > limit
    first = int(above.nonzero()[0]) if above.any() else None
    return {"passes": first is None, "worst": divergence.max().item(), "first": first}
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Logits mean something only up to a constant, so distributions are compared.
# One position decides: a mask that is wrong beyond a window shows in a few positions, and a mean
# over all would dilute it. `first` is half of the diagnosis: position 0 speaks of weights, 64 of a
# chunk or a window.
#
# **The usual wrong turns.** Comparing the likeliest token: most faults change it nowhere in most
# texts. `divergence > limit` with NaN is False, so the worst fault of all passes.
#
# **What production code does.** It records a few dozen positions with their largest
# log-probabilities and asks for these (`logprobs`). The limit comes from healthy runs on all kinds
# of machine that serve, and from the faults that must not pass: the lesson measures both.

# %% [markdown]
# ## Incidents
#
# Eight functions, each broken as one in public code was. You see what users saw, what the dashboard
# said, the code, and a test that *passed*. Each exercise wants two things, as a pair:
#
# 1. `why`: why did the test pass? One of the three letters.
# 2. the function, mended. What was right stays as it is: arguments, returns, dtype.
#
# Copy the function into yours under any name, mend it, and return it *without* calling it. The code
# is written for this course; the reports tell the originals.

# %% [raw]
# exercise: incident_1
# title: "Incident 1: better than ever"
# minutes: 15
# difficulty: 2
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Take a mask of one row, 0 and -inf. Which numbers does `bool()` make of them, and which of the
#     two may be seen?
#   - >-
#     `bool(0.0)` is False, and `bool(-inf)` is True. The function wants True where a key may be
#     seen. And the test: which masks would give rows that do *not* add up to 1?
#   - |-
#     additive mask: which number says "may be seen"?
#     allowed: a comparison that is True exactly there
#     all else as it was

# %% [markdown]
# **Users:** training looks wonderful, and the model writes nonsense. **Dashboard:** loss 0.3, it
# was 2.9 the week before; no NaN, no slow step. **Change:** masks now come as numbers to add (0 may
# be seen, -inf may not). After
# [transformers#38094](https://github.com/huggingface/transformers/issues/38094).


# %%
def attend_1(q, k, v, mask):
    """Attention under an additive mask ``(L_q, L_k)``: 0 may be seen, -inf may not.

    Returns ``(output, weights)``.
    """
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    allowed = mask.bool()
    weights = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min).softmax(-1)
    return weights @ v, weights


def test_attend_1():
    mask = torch.full((5, 5), float("-inf")).triu(1)
    output, weights = attend_1(*torch.randn(3, 2, 5, 8), mask)
    assert output.isfinite().all()
    assert torch.allclose(weights.sum(-1), torch.ones(2, 5))


test_attend_1()
print("passed")


# %% [markdown]
# Why did it pass?
#
# - `"a"` Any mask passes: a softmax makes rows that add up to 1 of whatever it is given.
# - `"b"` Its sequences are too short: the error needs more than five keys.
# - `"c"` It runs in float32, and the error shows in half precision only.


# %%
def incident_1():
    """Why the test passed, and ``attend_1`` mended.

    Returns:
        Pair ``(why, attend)``: a letter, and a function called like ``attend_1``.
    """
    ### BEGIN SOLUTION
    why = "a"

    def attend(q, k, v, mask):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        allowed = mask == 0
        weights = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min).softmax(-1)
        return weights @ v, weights

    return why, attend
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** In an additive mask 0 is the number that changes nothing. Its truth value is
# False, so the cast turned the mask round: each token saw exactly what comes after it.
#
# **The usual wrong turns.** `mask != 0`, the same cast in other words. Multiplying scores by the
# mask: a score of 0 is not forbidden.
#
# **What production code does.** One kind of mask at the border of a module, converted once. And a
# test that changes the future and looks whether the past moves: that one fails here.

# %% [raw]
# exercise: incident_2
# title: "Incident 2: every turn after the first"
# minutes: 15
# difficulty: 2
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Two new tokens, five keys. Write down the mask that `tril` makes. Which keys does the last
#     query see?
#   - >-
#     `tril` starts in the top left corner. The last query is to see the last key: move the diagonal
#     by as many keys as there were before.
#   - |-
#     how many keys are older than the first query?
#     tril(...): by which diagonal does row 0 reach the first new key?

# %% [markdown]
# **Users:** the first answer of a chat is fine; from the second on the assistant has forgotten what
# was just said. **Dashboard:** nothing. **Change:** turns after the first send only their new
# tokens and read the rest from the cache. After
# [executorch#21749](https://github.com/pytorch/executorch/issues/21749),
# [pytorch#108108](https://github.com/pytorch/pytorch/issues/108108).


# %%
def attend_2(q, k, v):
    """Causal attention of ``L_q`` new tokens, the last of the ``L_k``: ``(..., L_q, d_v)``."""
    l_q, l_k = q.shape[-2], k.shape[-2]
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    allowed = torch.ones(l_q, l_k, dtype=torch.bool).tril()
    return scores.masked_fill(~allowed, float("-inf")).softmax(-1) @ v


def test_attend_2():
    for length in (1, 2, 9, 64):
        q, k, v = torch.randn(3, 2, length, 8)
        alone = [attend_2(q[:, :n], k[:, :n], v[:, :n])[:, -1] for n in range(1, length + 1)]
        assert torch.allclose(attend_2(q, k, v), torch.stack(alone, dim=1), atol=1e-5)


test_attend_2()
print("passed")


# %% [markdown]
# Why did it pass?
#
# - `"a"` Always as many queries as keys: then both corners of the mask are the same.
# - `"b"` It compares the function with itself, and any function equals itself.
# - `"c"` Its tolerance of 1e-5 is too large to see a wrong mask.


# %%
def incident_2():
    """Why the test passed, and ``attend_2`` mended.

    Returns:
        Pair ``(why, attend)``: a letter, and a function called like ``attend_2``.
    """
    ### BEGIN SOLUTION
    why = "a"

    def attend(q, k, v):
        l_q, l_k = q.shape[-2], k.shape[-2]
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        allowed = torch.ones(l_q, l_k, dtype=torch.bool).tril(diagonal=l_k - l_q)
        return scores.masked_fill(~allowed, float("-inf")).softmax(-1) @ v

    return why, attend
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** `l_k - l_q` keys are older than all queries, so row 0 may see that many and
# its own. Comparing with itself is no fault: a whole text against its beginnings is a good test of
# causality. It only never cut the queries off.
#
# **The usual wrong turns.** A diagonal that is one too far. No mask at all: right for a single new
# token, wrong for two.
#
# **What production code does.** PyTorch's `is_causal=True` aligns top left, so servers hand over a
# mask of their own, or an object that says which corner (`torch.nn.attention.bias`).

# %% [raw]
# exercise: incident_3
# title: "Incident 3: short prompts only"
# minutes: 15
# difficulty: 2
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     A row of padding, padding, "the", "cat". Which positions does the function give the two words?
#     Which do they have when they are sent alone?
#   - >-
#     The first *real* token is at position 0. Count real tokens, not columns: a running sum over
#     the mask does that, one too many.
#   - |-
#     number of real tokens up to and with this one: which function of torch?
#     from that to a position that starts at 0
#     padding: any position will do, but none below 0

# %% [markdown]
# **Users:** alone, every prompt is answered well; in a batch short prompts get garbage.
# **Dashboard:** quality falls with traffic. **Change:** prompts are batched, padded on the left.
# After [unsloth#3699](https://github.com/unslothai/unsloth/issues/3699).


# %%
def positions_3(mask):
    """Positions ``(B, L)`` for a padded batch; ``mask (B, L)`` is True for real tokens."""
    batch, length = mask.shape
    return torch.arange(length).expand(batch, length)


def test_positions_3():
    for length in (1, 5, 300):
        mask = torch.ones(4, length, dtype=torch.bool)
        together = positions_3(mask)
        for i in range(4):
            assert torch.equal(together[i : i + 1], positions_3(mask[i : i + 1]))
            assert together[i].tolist() == list(range(length))


test_positions_3()
print("passed")


# %% [markdown]
# Why did it pass?
#
# - `"a"` Its texts are too short: positions only matter beyond a few hundred tokens.
# - `"b"` Positions are whole numbers, so no tolerance can be missed.
# - `"c"` All texts of a batch are equally long, so nothing is ever padded.


# %%
def incident_3():
    """Why the test passed, and ``positions_3`` mended.

    Returns:
        Pair ``(why, positions)``: a letter, and a function called like ``positions_3``. Padding may
        be at any position from 0 on.
    """
    ### BEGIN SOLUTION
    why = "c"

    def positions(mask):
        return (mask.long().cumsum(-1) - 1).clamp(min=0)

    return why, positions
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** A text must get the same positions whether or not others are longer. Rotary
# scores depend on distances only, so one constant shift for a whole row would do no harm: but
# models with learned positions, and caches that continue at `length`, need the count from 0.
#
# **The usual wrong turns.** Counting from the end. Taking away the padding of the *longest* row.
#
# **What production code does.** `position_ids` from the attention mask, by a running sum; or no
# padding at all: packed rows with their own positions.

# %% [raw]
# exercise: incident_4
# title: "Incident 4: a loss too good"
# minutes: 15
# difficulty: 2
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Two documents, A A B B. Write down which tokens the second B may see, and what the function
#     says.
#   - >-
#     Causal is one condition, the same document another. Both must hold.
#   - |-
#     same[i, j]: is the number of token i that of token j? Which of the two is a column?
#     together with the causal mask: which operator joins conditions?

# %% [markdown]
# **Users:** answers mention things from strangers' texts. **Dashboard:** the training loss fell
# from 2.9 to 2.4 over night. **Change:** several short documents are packed into one row. After
# [nanoVLM#204](https://github.com/huggingface/nanoVLM/issues/204).


# %%
def mask_4(documents):
    """Which keys each token of a packed row may see, ``(L, L)``, True = may attend.

    ``documents (L,)`` holds the number of each token's document.
    """
    length = len(documents)
    return torch.ones(length, length, dtype=torch.bool).tril()


def test_mask_4():
    documents = torch.tensor([7, 7, 7, 2, 2, 9, 9, 9, 9])
    mask = mask_4(documents)
    assert mask.diagonal().all()
    assert not mask.triu(1).any()
    assert mask.shape == (9, 9)


test_mask_4()
print("passed")


# %% [markdown]
# Why did it pass?
#
# - `"a"` It has a single row; the error needs a batch.
# - `"b"` It looks for tokens that see the *future*: another document is in the past.
# - `"c"` Its documents are too short for one to reach the next.


# %%
def incident_4():
    """Why the test passed, and ``mask_4`` mended.

    Returns:
        Pair ``(why, mask)``: a letter, and a function called like ``mask_4``.
    """
    ### BEGIN SOLUTION
    why = "b"

    def mask(documents):
        same = documents[:, None] == documents[None, :]
        length = len(documents)
        causal = torch.ones(length, length, dtype=torch.bool).tril()
        return same & causal

    return why, mask
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** A row of documents is a batch in disguise: no token may see another document,
# and none its own future. The mask is causal inside blocks and empty between them.
#
# **The usual wrong turns.** The same document alone: then tokens see what comes after them.
# Comparing neighbours only.
#
# **What production code does.** Kernels take the borders of documents (`cu_seqlens`) in place of a
# mask. Positions start anew with each document as well. And the test: change one document, look at
# all others.

# %% [raw]
# exercise: incident_5
# title: "Incident 5: one key too many"
# minutes: 15
# difficulty: 3
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Window 3: a token sees itself and two before it. How far back is the oldest of them? What does
#     `<=` make of that?
#   - >-
#     Each row must have `min(position + 1, window)` keys. The distance to the oldest is one less
#     than their number.
#   - |-
#     distance of a query to itself: ?
#     distance to the oldest key of a window of W keys: ?
#     which comparison keeps exactly these?

# %% [markdown]
# **Users:** two backends of one model disagree in long chats. **Dashboard:** the difference begins
# at token 4097 of prompts. **Change:** sliding windows in a new kernel. After
# [transformers#39408](https://github.com/huggingface/transformers/issues/39408),
# [vllm#3385](https://github.com/vllm-project/vllm/issues/3385).


# %%
def mask_5(q_len, k_len, window):
    """Sliding window ``(q_len, k_len)``: the last query is the last key.

    Every query sees ``window`` keys, itself among them, or as many as there are.
    """
    query = torch.arange(k_len - q_len, k_len)[:, None]
    key = torch.arange(k_len)
    distance = query - key
    return (distance >= 0) & (distance <= window)


def test_mask_5():
    for length in (1, 7, 100):
        assert torch.equal(mask_5(length, length, 4096), mask_5(length, length, length))
        assert torch.equal(mask_5(length, length, 4096), torch.ones(length, length).tril().bool())
        assert torch.equal(mask_5(1, length, 4096), mask_5(length, length, 4096)[-1:])


test_mask_5()
print("passed")


# %% [markdown]
# Why did it pass?
#
# - `"a"` It compares masks; only attention weights would show the difference.
# - `"b"` No text of it is longer than its window, so the window cuts nothing off.
# - `"c"` It never asks for fewer queries than keys.


# %%
def incident_5():
    """Why the test passed, and ``mask_5`` mended.

    Returns:
        Pair ``(why, mask)``: a letter, and a function called like ``mask_5``.
    """
    ### BEGIN SOLUTION
    why = "b"

    def mask(q_len, k_len, window):
        query = torch.arange(k_len - q_len, k_len)[:, None]
        key = torch.arange(k_len)
        distance = query - key
        return (distance >= 0) & (distance < window)

    return why, mask
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Distances 0 to `window - 1` are `window` keys. One more is not wrong in
# itself: it is wrong for weights that were trained with one fewer, and for a cache that keeps
# `window` keys.
#
# **The usual wrong turns.** One too few. A window that counts rows from the top left. Keys of the
# future on the other side of the window.
#
# **What production code does.** It says which of the two it means in one sentence and pins it with
# a text *longer* than the window: count the keys of the last row.

# %% [raw]
# exercise: incident_6
# title: "Incident 6: who wrote Hamlet?"
# minutes: 20
# difficulty: 3
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Append three tokens, trim to one, append one. How long are `keys` then, and what stands in
#     the middle?
#   - >-
#     `trim` lowers a number, and `append` does not look at it. Either the tensors are cut, or what
#     comes next is written where the length says.
#   - |-
#     after trim(n): which part of keys and of values is left?
#     does append put new keys behind that, or behind what was there before?

# %% [markdown]
# **Users:** "Who wrote Hamlet?" is answered with "Alexander Fleming discovered penicillin": 22 of
# 204 answers belong to somebody else's question. **Dashboard:** the hit rate of the prefix cache
# has doubled. **Change:** a cache is trimmed to the common beginning and used again. After
# [vllm-mlx#384](https://github.com/waybarrios/vllm-mlx/issues/384).


# %%
class Cache6:
    """Keys and values ``(H, L, d_head)`` of one sequence, and how many tokens that are."""

    def __init__(self):
        self.keys = self.values = None
        self.length = 0

    def append(self, k, v):
        """Take up new tokens; returns all keys and values."""
        if self.keys is not None:
            k, v = torch.cat((self.keys, k), dim=1), torch.cat((self.values, v), dim=1)
        self.keys, self.values = k, v
        self.length = k.shape[1]
        return self.keys, self.values

    def trim(self, length):
        """Forget all but the first ``length`` tokens."""
        self.length = length


def test_cache_6():
    cache = Cache6()
    cache.append(torch.randn(2, 9, 4), torch.randn(2, 9, 4))
    for length in (9, 5, 1):
        cache.trim(length)
        assert cache.length == length


test_cache_6()
print("passed")


# %% [markdown]
# Why did it pass?
#
# - `"a"` It reads the length, which `trim` does set, and no key.
# - `"b"` It never trims to 0 tokens.
# - `"c"` It has one user; the error needs two caches at a time.


# %%
def incident_6():
    """Why the test passed, and ``Cache6`` mended.

    Returns:
        Pair ``(why, Cache)``: a letter, and a class used like ``Cache6``.
    """
    ### BEGIN SOLUTION
    why = "a"

    class Cache:
        def __init__(self):
            self.keys = self.values = None
            self.length = 0

        def append(self, k, v):
            if self.keys is not None:
                k, v = torch.cat((self.keys, k), dim=1), torch.cat((self.values, v), dim=1)
            self.keys, self.values = k, v
            self.length = k.shape[1]
            return self.keys, self.values

        def trim(self, length):
            self.keys = self.keys[:, :length]
            self.values = self.values[:, :length]
            self.length = length

    return why, Cache
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Everything that can be read agrees: keys, values and length. A cache that was
# trimmed must be like one that never saw the rest.
#
# **The usual wrong turns.** Keys trimmed and values not. Everything dropped: right, and slow. A
# `length` that is lowered *by* a number where it is to be lowered *to* one.
#
# **What production code does.** Preallocated memory and a length that all readers obey, or blocks
# that are given back. Drafts that a model rejects (speculative decoding) are the same case:
# rejecting is trimming.

# %% [raw]
# exercise: incident_7
# title: "Incident 7: a little worse on one machine"
# minutes: 15
# difficulty: 3
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Take scores of 1 and of 100, and a cap of 50. What does the cap make of each? On which of the
#     two paths?
#   - >-
#     The fast path hands q, k and v to a function that knows no cap. Do both paths need a path?
#   - |-
#     scores, scaled, then capped: in one place, before the paths part
#     what does the caller get with and without need_weights?

# %% [markdown]
# **Users:** answers of one backend are "a bit off". **Dashboard:** benchmarks 1 to 2 points lower
# there, no errors. **Change:** a faster path where nobody asks for weights. The model was trained
# with a soft cap: `cap * tanh(scores / cap)`. After
# [sglang#33915](https://github.com/sgl-project/sglang/issues/33915).


# %%
def attend_7(q, k, v, cap, need_weights=False):
    """Attention with a soft cap on its scaled scores.

    Returns the output, or ``(output, weights)`` if ``need_weights``.
    """
    if not need_weights:
        return torch.nn.functional.scaled_dot_product_attention(q, k, v)
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    weights = (cap * torch.tanh(scores / cap)).softmax(-1)
    return weights @ v, weights


def test_attend_7():
    for length in (1, 16, 200):
        q, k, v = torch.randn(3, 2, 4, length, 16)
        fast, (slow, _) = attend_7(q, k, v, cap=50.0), attend_7(q, k, v, 50.0, need_weights=True)
        assert torch.allclose(fast, slow, atol=5e-2)


test_attend_7()
print("passed")


# %% [markdown]
# Why did it pass?
#
# - `"a"` It uses no mask; the error is in masked places.
# - `"b"` It compares two paths that both leave out the cap.
# - `"c"` Its scores are of size 1, where a cap of 50 changes next to nothing.


# %%
def incident_7():
    """Why the test passed, and ``attend_7`` mended.

    Returns:
        Pair ``(why, attend)``: a letter, and a function called like ``attend_7``.
    """
    ### BEGIN SOLUTION
    why = "c"

    def attend(q, k, v, cap, need_weights=False):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        weights = (cap * torch.tanh(scores / cap)).softmax(-1)
        output = weights @ v
        return (output, weights) if need_weights else output

    return why, attend
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Whoever asks for weights must get the same output as who does not. One path
# gives that for free; a second one must be shown to agree, with scores that reach the cap.
#
# **The usual wrong turns.** The cap before the scale: 50 then means another score. The cap on the
# output. `tanh` without the factor: no score is above 1 then.
#
# **What production code does.** Fused kernels take the cap as an argument
# ([FlexAttention](https://docs.pytorch.org/docs/stable/nn.attention.flex_attention.html) as a
# function of the score); a kernel that has none must refuse, not ignore it.

# %% [raw]
# exercise: incident_8
# title: "Incident 8: now and then, nothing but NaN"
# minutes: 15
# difficulty: 3
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     The weight of a slot that is masked is exactly 0. What is 0 times NaN?
#   - >-
#     Scores of unwritten slots are replaced, whatever they are. Values of unwritten slots are still
#     multiplied. They must be replaced too, or never be touched.
#   - |-
#     written: True for slots below the row's length
#     scores: as they are
#     values: which number can stand in unwritten slots without harm?

# %% [markdown]
# **Users:** one answer of a batch is "!!!!!!!!", now and then, never twice the same. **Dashboard:**
# a NaN counter moves once an hour. **Change:** memory of finished requests is used again without
# clearing it. After [vllm#641](https://github.com/vllm-project/vllm/issues/641),
# [flash-attention#1745](https://github.com/Dao-AILab/flash-attention/issues/1745).


# %%
def attend_8(q, keys, values, lengths):
    """One new token per row, against a cache of which the first ``lengths[b]`` slots are written.

    ``q (B, H, 1, d_head)``, ``keys`` and ``values (B, H, slots, d_head)``, ``lengths (B,)`` from 1
    on; returns ``(B, H, 1, d_head)``.
    """
    written = torch.arange(keys.shape[2]) < lengths[:, None]  # (B, slots)
    scores = q @ keys.transpose(-2, -1) / q.shape[-1] ** 0.5
    scores = scores.masked_fill(~written[:, None, None], float("-inf"))
    return scores.softmax(-1) @ values


def test_attend_8():
    q, lengths = torch.randn(3, 2, 1, 8), torch.tensor([4, 1, 9])
    keys, values = torch.zeros(2, 3, 2, 12, 8)
    for b, n in enumerate(lengths):
        keys[b, :, :n], values[b, :, :n] = torch.randn(2, 2, n, 8)
    together = attend_8(q, keys, values, lengths)
    for b, n in enumerate(lengths):
        row = slice(b, b + 1)
        alone = attend_8(q[row], keys[row, :, :n], values[row, :, :n], lengths[row])
        assert torch.allclose(together[row], alone, atol=1e-6)


test_attend_8()
print("passed")


# %% [markdown]
# Why did it pass?
#
# - `"a"` Weights of masked slots are only nearly 0, which its tolerance hides.
# - `"b"` Its unwritten slots hold zeros; used memory holds anything.
# - `"c"` It has one query for each row; NaN needs several.


# %%
def incident_8():
    """Why the test passed, and ``attend_8`` mended.

    Returns:
        Pair ``(why, attend)``: a letter, and a function called like ``attend_8``.
    """
    ### BEGIN SOLUTION
    why = "b"

    def attend(q, keys, values, lengths):
        written = torch.arange(keys.shape[2]) < lengths[:, None]  # (B, slots)
        scores = q @ keys.transpose(-2, -1) / q.shape[-1] ** 0.5
        scores = scores.masked_fill(~written[:, None, None], float("-inf"))
        values = values.masked_fill(~written[:, None, :, None], 0)
        return scores.softmax(-1) @ values

    return why, attend
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** A weight of 0 takes a number out of a sum, and NaN or infinity is no number:
# `0 * nan` is NaN. What is not written must not be read, or must be replaced.
#
# **The usual wrong turns.** `nan_to_num` on the output: the NaN is gone, and so is the answer of
# that row. On the values: infinities become the largest numbers, and times 0 they are gone as well,
# but a NaN that a *written* slot holds is hidden too, and that one is an alarm.
#
# **What production code does.** Kernels that stop at the row's length read nothing behind it.
# Others clear memory when it is handed out
# ([vllm#50283](https://github.com/vllm-project/vllm/pull/50283)).

# %% [markdown]
# ## Tests of your own

# %% [raw]
# exercise: causality_test
# title: A test for causality
# minutes: 25
# difficulty: 3
# points: 11
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Do not look at a mask: you have none. Change the input from some position on, and see what
#     happens to the outputs before it.
#   - >-
#     One length, one sequence and one place to cut see only leaks that pass there. Take a length
#     beyond 20, more than one sequence, and every place to cut. Rounding differs from call to call
#     by about 1e-6 in float32 and 1e-14 in float64, near zero as well; a small leak is a hundred
#     times larger.
#   - |-
#     x = random numbers: how many sequences, how long, which dtype?
#     before = what attend gives for x
#     for every position t but the first:
#         a copy of x, with other numbers from t on
#         which outputs must be as before? by which tolerance, relative or absolute?
#         one that is not: return what?
#     return what, if nothing was found?

# %% [markdown]
# This time you write the test, and the implementations are graded by you. `attend` is attention
# from `x (B, L, d)` to `(B, L, d)`: any `B`, `L` and `d` up to 64, float32 or float64, finite
# numbers. Is it causal: does no output depend on a later input?
#
# Your test is given implementations that are causal, written in ten ways, and fourteen that are
# not. Some leak only between some positions, only in some sequences of a batch, or only in
# sequences of more than 20 tokens; some leak little. `check()` tells which were missed, and which
# right ones were rejected.


# %%
def causality_test(attend):
    """Whether attention is causal.

    Args:
        attend: a function from ``x (B, L, d)`` to ``(B, L, d)``. Right ones are right up to
            rounding, which may differ from call to call.

    Returns:
        ``True`` if nothing speaks against it, ``False`` if an output depends on a later input.
    """
    ### BEGIN SOLUTION
    x = torch.randn(3, 33, 6, dtype=torch.float64)
    before = attend(x)
    for t in range(1, x.shape[1]):
        changed = x.clone()
        changed[:, t:] = torch.randn_like(changed[:, t:])
        after = attend(changed)
        if not torch.allclose(after[:, :t], before[:, :t], rtol=0, atol=1e-9):
            return False
    return True
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Causality is a statement about inputs and outputs, so it can be tested
# without a look inside. Every place to cut is tried, in a batch, beyond 20 tokens; all numbers
# after the cut change at once. In float64 rounding is about 1e-14 and the smallest leak here about
# 2e-4: anything between them will do as a tolerance.
#
# **The usual wrong turns.** One cut in the middle: blocks of four tokens that see themselves whole
# do not leak at position 16. One sequence: the mask of the others may be missing. Eight tokens: a
# ring buffer of sixteen is not full. `torch.equal`: right ones that add in another order fail. The
# defaults of `torch.allclose` in float32: near zero they allow 1e-8, less than rounding. Adding the
# same number to all inputs: many leaks cancel.
#
# **What production code does.** The course's kit has it as `attnlab.properties.causality`, with the
# smallest counterexample. It would have caught
# [transformers#38094](https://github.com/huggingface/transformers/issues/38094), a mask inverted by
# a cast, and [litgpt#2182](https://github.com/Lightning-AI/litgpt/issues/2182), a ring buffer.

# %% [raw]
# exercise: cache_test
# title: A test for a cache
# minutes: 30
# difficulty: 4
# points: 15
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     What would a list do? Keep your own record of what should be stored, and compare after every
#     step.
#   - >-
#     Your record: join with `torch.cat`, cut with a slice. Bugs of a trim often show only in what
#     comes after it. Trim more than once, and to 0; store more than 20 positions; read twice; use
#     two caches by turns, and let both begin with as many tokens.
#   - |-
#     two caches, two records that begin empty
#     a list of steps: how many tokens to append, or the length to trim to
#     for each step, for each cache, with numbers of its own:
#         do it to the cache, and to its record
#         does append give the record? does read, and read again? shapes first
#     where does a mistake in the first cache show that the second one made?

# %% [markdown]
# The same for a cache. `make_cache()` gives three functions of a new, empty cache:
#
# - `append(k, v)` stores `k` and `v`, each `(B, H, L_new, d_head)`, behind what is stored, and
#   returns `(keys, values)` of everything stored;
# - `read()` returns the same pair and changes nothing;
# - `trim(length)` keeps the first `length` positions, `0` to all that are stored, and returns
#   nothing.
#
# Caches are independent of each other, and numbers come back exactly. Each has one shape of `B`,
# `H` and `d_head`, no axis is longer than 64, and nothing is read or trimmed before the first
# append. Six caches are right, 23 are wrong.


# %%
def cache_test(make_cache):
    """Whether caches store what they should.

    Args:
        make_cache: called without arguments, gives ``(append, read, trim)`` of a new cache.

    Returns:
        ``True`` if nothing speaks against them, ``False`` if one gives anything but what was
        appended and not trimmed.
    """
    ### BEGIN SOLUTION
    caches = [make_cache(), make_cache()]
    records = [torch.empty(2, 2, 3, 0, 4), torch.empty(2, 2, 3, 0, 4)]  # keys and values of each

    def agree(got, record):
        pairs = zip(got, record, strict=True)
        return all(a.shape == b.shape and torch.equal(a, b) for a, b in pairs)

    for new, kept in [(5, 3), (2, 4), (20, 9), (1, 0), (3, 3)]:
        for i, (append, _, _) in enumerate(caches):
            chunk = torch.randn(2, 2, 3, new, 4)
            records[i] = torch.cat((records[i], chunk), dim=3)
            if not agree(append(*chunk), records[i]):
                return False
        for i, (_, read, trim) in enumerate(caches):
            if not agree(read(), records[i]) or not agree(read(), records[i]):
                return False
            records[i] = records[i][:, :, :, :kept]
            trim(kept)
            if not agree(read(), records[i]):
                return False
    return True
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** The record is a second cache, so simple that it can be seen to be right;
# every answer of the first is compared with it. The steps are those of a server: a prompt, drafts
# that are rejected, a long text, a new conversation in an old cache, and another user in between.
#
# **The usual wrong turns.** A test that appends and reads, and never trims. A trim that nothing
# follows: a gap shows in the next append. One cache. `trim(0)` left out, which `if length:` takes
# for no length at all. Shapes alone: keys can be trimmed at one end and values at the other.
#
# **What production code does.** Tests against a model of this kind are called stateful, or
# model-based: [Hypothesis](https://hypothesis.readthedocs.io/en/latest/stateful.html) makes up the
# steps. `attnlab.properties.manipulated_cache_equals_fresh` does it for a whole attention layer.
# The bugs are real: [vllm-mlx#384](https://github.com/waybarrios/vllm-mlx/issues/384) trimmed a
# length and left the arrays; in [mlx-lm#1109](https://github.com/ml-explore/mlx-lm/issues/1109)
# rejected drafts stayed.

# %% [raw]
# exercise: memo
# title: The release memo
# minutes: 45
# difficulty: 3
# points: 10
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Begin with the last line of the rubric: what would you have to see to decide the other way?
#     Which of your tables comes near to that?
#   - >-
#     Bytes and users are arithmetic, and exact. Loss and recall were measured on a small model and
#     few texts. Say which of your numbers is which, and how far it carries.
#   - |-
#     yes or no, for which product
#     what it buys: bytes for a token, users that fit
#     what it costs: which test, on what, how large, how sure
#     what could go wrong unseen, and which test would see it
#     the signal, its limit, who rolls back, how fast
#     what would change your mind

# %% [markdown]
# A team serves a chat of 8,000 tokens a session with a model that has 32 KV heads. Somebody
# proposes to convert it to 8 and to train on for a while. Adopt it or not? Write the memo on which
# the team decides: 150 to 400 words, for a reader who has two minutes and must sign.
#
# The numbers are from *your* tables: `my_results` and the frontier of unit 08, what you computed
# and saw in unit 09. A number of somebody else's carries its source. A person grades it:
#
# - **Decision**, 2 points: yes or no, for which product, in the first sentence. 1 for "it depends".
# - **Evidence**, 3: three numbers of your own; of each, on what, how sure. 1.5 for bare numbers.
# - **Risk**, 2: what users could lose, and the test that sees it. 1 for "quality may suffer".
# - **Way back**, 2: a signal, its limit, who acts, how fast. 1 for two of the four.
# - **What would change your mind**, 1: something that one can observe.
#
# Two memos on another question, a cache in 8 bits for the same chat, as they came back:
#
# > We recommend to quantise the KV cache (1). It is an industry standard and halves the memory, so
# > the server will be twice as fast (2). The loss of quality is negligible according to the
# > literature (3). Some risk remains, but we will monitor the system closely and roll back if
# > necessary (4).
#
# **1 of 10.** (1) Decision 1: to how many bits, for which product? (2) Evidence 0: half the memory
# makes room; nothing here says that it makes speed. (3) Which literature, which task? (4) Risk 0,
# way back 0: "closely" is no limit, and nobody acts. What would change your mind: nothing.
#
# > Yes for the chat: keys and values in 8 bits, not in 4 (1). A session of 8,000 tokens takes 0.52
# > GB in place of 1.05, so 122 fit on one GPU of 80 GB and not 61; that is arithmetic (2). On
# > SmolLM2-135M, three texts of 320 tokens, the loss moves by less than 0.01 nats in 8 bits and by
# > 0.36 in 4. On random tokens that come twice, which it must look up, by 0.03 and by 4.1: four
# > sequences, so 4 bits are out and 8 bits are likely, not sure (3). Our sessions are 25 times
# > as long, and our model is 60 times as large: before release, recall at 1,000, 4,000 and 8,000
# > tokens on the real model (4). The canary runs every hour; above 0.05 nats the engineer on call
# > puts the old build back, in ten minutes (5). More than 0.1 nats at 8,000 tokens, and we keep 16
# > bits (6).
#
# **9 of 10.** (1) Decision 2. (2), (3) Evidence 3: what is computed and what is measured, on what,
# how sure. (4) Risk 1: the right test, but what does a *user* lose who asks for a name from an hour
# ago? (5) Way back 2. (6) 1: a number that can be seen.
#
# Write yours in the next cell, in place of what stands there. If you run `check("memo")`, it says
# that a person grades it.

# %% [markdown]
# ### BEGIN SOLUTION
# **Yes for the chat, with a gate.** With 8 KV heads in place of 32 a token takes 131,072 bytes and
# not 524,288, and on one GPU of 80 GB with 16 GB of weights 61 sessions of 8,000 tokens fit and not
# 15 (arithmetic). At 2 dollars an hour that is 3 cents a session and not 13.
#
# **What it costs.** In unit 08's frontier, small models trained on Shakespeare with three seeds, 8
# of 32 heads would stand between the ends that differ by less than the seeds do: no loss seen, and
# none ruled out. SmolLM2, one layer with one KV head for three: at layer 16 +0.07 nats on text, but
# +6.0 on recall. DeepSeek-V2 (Table 8) reports MMLU 41.2 with 8 KV heads and 45.2 with 32, trained
# alike: so we do not expect it to be free.
#
# **Risk.** A user asks for a name from the start of the session, and gets another one. Average loss
# does not see that. Recall at 1,000, 4,000 and 8,000 tokens does, and a hard benchmark.
#
# **Way back.** The canary, every hour, limit 0.05 nats against logits recorded after release; and
# recall, nightly, limit 0.1 nats. Above either, the engineer on call routes to the old model, which
# stays loaded on one machine for two weeks: five minutes.
#
# **What would change our mind.** MMLU more than 2 points down after training on, or a loss spike
# when it is tuned on long sessions, as Ainslie et al. saw with MQA.
# ### END SOLUTION

# %% [markdown] tags=["explanation"]
# **Why it is right.** Somebody can sign it: it says what is gained and lost, on what evidence, and
# when it ends. A "no" earns as many points: fifteen sessions may be all you need.
#
# **The usual wrong turns.** Speed claimed from memory. Averages as evidence for long sessions. A
# roll-back that nobody is named for.
#
# **What production code does.** Such memos are kept. The next team reads which number was wrong.
