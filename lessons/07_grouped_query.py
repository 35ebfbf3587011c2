# %% [markdown]
# # 7. Grouped-query and multi-query attention
#
# Lesson 06 ended with a cost: every new token reads the keys and values of all tokens before it.
# Grouped-query attention (GQA) and multi-query attention (MQA) make that smaller. Several query
# heads share one key/value head. The idea fits in one line. Whether it is *faster* depends on how
# it is written, and most first attempts are slower than what they replace.
#
# This lesson answers eight questions.
#
# 1. What does a decode step read, and what do shared KV heads change?
# 2. Which query head reads which KV head?
# 3. Are MHA, GQA and MQA really one formula?
# 4. Three right ways to compute it: which is fast, and why is the obvious one slow?
# 5. What does GQA make cheaper, and what not?
# 6. How does a trained model get fewer KV heads?
# 7. Does your module run a real language model?
# 8. What does the wrong order write?
#
# You need lessons 04 and 06. Plan about 90 minutes. Where it says **Predict**, write your answer
# down before you run the cell.

# %%
import random
import statistics
import time

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

from attnlab import COLOURS, conversion, show, smollm2, table
from attnlab.decoder import generate
from attnlab.kept import load
from attnlab.training import corpus
from autograder import mine
from attnlab.measurements import Peak

masked_attention, split_heads, merge_heads = mine("masked_attention", "split_heads", "merge_heads")
MultiHeadAttention = mine("MultiHeadAttention")
torch.manual_seed(0)
torch.set_printoptions(precision=3, sci_mode=False)
torch.set_num_threads(1)  # one core: the timings then compare work, not scheduling

# %% [markdown]
# `mine` fetches what *you* wrote in earlier units, and the course's version where yours does not
# pass yet. It says which.
#
# ## 1. What does a decode step read?
#
# One new token, 32 query heads of width 128, and 4096 tokens in the cache. Every query head reads
# all keys and all values. In float32 one head's keys are `4096 * 128 * 4` bytes, 2 MiB.
#
# **Predict.** How many bytes does one layer read for this one token, if each of the 32 query
# heads has keys and values of its own? If 4 query heads share them? If all 32 do?

# %%
heads, d_head, tokens, size = 32, 128, 4096, 4
rows = []
for kv_heads in (32, 8, 1):
    read = 2 * kv_heads * tokens * d_head * size
    rows.append((kv_heads, heads // kv_heads, f"{read / 2**20:.0f} MiB"))
table(rows, ["KV heads", "group size", "keys and values read for one token, one layer"])

# %% [markdown]
# Two words, used with care from here on. *KV heads*: how many key/value heads there are, `H_kv`.
# *Group size*: how many query heads share one, `H / H_kv`. With 8 KV heads and 32 query heads the
# group size is 4. Other texts say "groups" for both; we do not.
#
# | name | KV heads | group size |
# |---|---|---|
# | multi-head attention, MHA | H | 1 |
# | grouped-query attention, GQA (Ainslie et al. 2023) | in between | in between |
# | multi-query attention, MQA (Shazeer 2019) | 1 | H |
#
# ## 2. Which query head reads which KV head?
#
# Six query heads, two KV heads. By convention *neighbours* share: query head `h` reads KV head
# `h // group size`. **Predict.** Write the six KV heads in order.

# %%
H, H_kv = 6, 2
group_size = H // H_kv
print("query head:  ", list(range(H)))
print("reads KV head", [h // group_size for h in range(H)])

# %%
fig, axes = plt.subplots(1, 4, figsize=(9.6, 2.6))
colours = list(COLOURS.values())
for ax, number in zip(axes, (6, 3, 2, 1), strict=True):
    for h in range(H):
        reads = h // (H // number)
        place = (H - number) / 2 + reads
        colour = colours[reads % 6]
        ax.plot([h, place], [1, 0], color=colour, linestyle="-")
        ax.plot(h, 1, "o", color=colour, markersize=13)
        ax.plot(place, 0, "s", color=colour, markersize=13)
        ax.text(h, 1, h, ha="center", va="center", color="white", fontsize=9)
        ax.text(place, 0, reads, ha="center", va="center", color="white", fontsize=9)
    name = {6: "MHA", 1: "MQA"}.get(number, "GQA")
    ax.set(xlim=(-0.6, 5.6), ylim=(-0.4, 1.4), title=f"{name}: {number} KV heads")
    ax.set_axis_off()
fig.suptitle("Query heads (circles, above) share KV heads (squares, below): neighbours share")
show(
    fig,
    "Six query heads above, KV heads below, lines from each query head to the KV head it reads. "
    "With 6 KV heads each has its own; with 3, heads 0 and 1 read KV head 0, 2 and 3 read 1, 4 and "
    "5 read 2; with 2, heads 0 to 2 read 0 and 3 to 5 read 1; with 1, all read it.",
)

# %% [markdown]
# To see two ways of repeating, take keys that are just their number: KV head 0 holds 0, KV head 1
# holds 1. `repeat_interleave` repeats each element; `repeat` (or `tile`) repeats the whole list.
#
# **Predict.** Which of the two gives neighbours the same KV head?

# %%
kv = torch.arange(H_kv).reshape(1, H_kv, 1, 1)  # (B, H_kv, L, d_head)
print("repeat_interleave:", kv.repeat_interleave(group_size, dim=1).flatten().tolist())
print("repeat, tiled:    ", kv.repeat(1, group_size, 1, 1).flatten().tolist())

# %% [markdown]
# Both have the shape `(1, 6, 1, 1)`. The tiled order is wrong, and nothing says so: it is one of
# the commonest public bugs (onnx#7274). Section 8 shows what it does to a real model.
#
# One more trap. **Predict.** A program confuses the group size and the number of KV heads. In
# which of these models can it show: 64 query heads on 8 KV heads, 9 on 3, 6 on 2?

# %%
for h, h_kv in ((64, 8), (9, 3), (6, 2)):
    right = [head // (h // h_kv) for head in range(h)]
    swapped = [head // h_kv for head in range(h)]
    print(f"{h} on {h_kv}: group size {h // h_kv};", "same" if right == swapped else "different")

# %% [markdown]
# In two of the three real shapes the error cannot be seen. That is why the checks use 6 on 2, not
# 64 on 8.
#
# ## 3. One formula, two ends
#
# Here is GQA in the plainest way: make keys and values for `H_kv` heads, repeat them, and go on
# as in lesson 04. **Predict.** With `H_kv = H` and the same weights, how far is it from your
# `MultiHeadAttention`?


# %%
def gqa(x, state, num_heads, num_kv_heads):
    """Self-attention of `x (B, L, d_model)` with weights from a dictionary."""
    q = split_heads(x @ state["q_proj.weight"].T, num_heads)  # (B, H, L, d_head)
    k = split_heads(x @ state["k_proj.weight"].T, num_kv_heads)  # (B, H_kv, L, d_head)
    v = split_heads(x @ state["v_proj.weight"].T, num_kv_heads)  # (B, H_kv, L, d_head)
    k, v = (each.repeat_interleave(num_heads // num_kv_heads, dim=1) for each in (k, v))
    return merge_heads(masked_attention(q, k, v)[0]) @ state["o_proj.weight"].T


d_model, H, d_head = 24, 6, 5
x = torch.randn(2, 7, d_model, dtype=torch.float64)
mha = MultiHeadAttention(d_model, H, d_head, bias=False).double()
weights = {name: each.detach() for name, each in mha.state_dict().items()}
print("6 KV heads against MHA:", float((gqa(x, weights, H, H) - mha(x).detach()).abs().max()))

# %% [markdown]
# Rounding. Now the other direction: *every* GQA equals an MHA whose `k_proj` and `v_proj` hold
# equal heads. Take narrow matrices for 2 KV heads, and repeat their *rows* head by head. This is
# weight transfer from GQA to MHA.

# %%
for num_kv_heads in (3, 2, 1):
    narrow = dict(weights)
    wide = dict(weights)
    for name in ("k_proj.weight", "v_proj.weight"):
        narrow[name] = torch.randn(num_kv_heads * d_head, d_model, dtype=torch.float64) / 5
        by_head = narrow[name].unflatten(0, (num_kv_heads, d_head))  # (H_kv, d_head, d_model)
        wide[name] = by_head.repeat_interleave(H // num_kv_heads, dim=0).flatten(0, 1)
    mha.load_state_dict(wide)
    far = float((gqa(x, narrow, H, num_kv_heads) - mha(x).detach()).abs().max())
    print(f"{num_kv_heads} KV heads against an MHA with equal heads: {far:.1e}")

# %% [markdown]
# So GQA can do nothing that MHA cannot. It does *less*, for fewer bytes. (`unflatten(0, (a, b))`
# cuts axis 0 into two; `flatten(0, 1)` joins them again.)
#
# ## 4. Three right ways, one fast
#
# A decode step: `q` is `(B, H, 1, d_head)`, keys and values are `(B, H_kv, L_k, d_head)`. All
# three ways give the same numbers.
#
# 1. **Repeat** keys and values to H heads, as above.
# 2. **Broadcast**: view `q` as `(B, H_kv, group, 1, d_head)`, keys as `(B, H_kv, 1, L_k, d_head)`,
#    and let `@` broadcast. No repeat in sight.
# 3. **Fold**: the queries of a group meet the *same* keys. Rows of queries do not know of each
#    other. So three heads with one query each are one head with three queries: view `q` as
#    `(B, H_kv, group * L_q, d_head)`.
#
# By hand, with two query heads on one KV head. **Predict.** Are the two results equal?

# %%
queries = torch.tensor([[[1.0, 0.0]], [[0.0, 2.0]]])  # two heads, one query each: (2, 1, 2)
keys = torch.tensor([[3.0, 1.0], [0.0, 1.0], [1.0, 1.0]])  # (L_k, d_head), shared
print("two heads, one row each: ", [(query @ keys.T).tolist() for query in queries])
print("one head with two rows:  ", (queries.reshape(2, 2) @ keys.T).tolist())


# %%
def repeat(q, k, v):
    """Keys and values repeated for every query head."""
    k, v = (each.repeat_interleave(q.shape[1] // k.shape[1], dim=1) for each in (k, v))
    return masked_attention(q, k, v)[0]


def broadcast(q, k, v):
    """An axis for the group, and `@` that broadcasts over it."""
    q = q.unflatten(1, (k.shape[1], -1))  # (B, H_kv, group, L_q, d_head)
    return masked_attention(q, k[:, :, None], v[:, :, None])[0].flatten(1, 2)


def fold(q, k, v):
    """The group folded into the rows of the queries."""
    rows = q.reshape(q.shape[0], k.shape[1], -1, q.shape[-1])  # (B, H_kv, group * L_q, d_head)
    return masked_attention(rows, k, v)[0].reshape(q.shape)


def inputs(kv_heads, tokens, heads=16, batch=2, width=64):
    """Queries of one new token, keys and values of all."""
    kv = torch.randn(2, batch, kv_heads, tokens, width)
    return torch.randn(batch, heads, 1, width), kv[0], kv[1]


ways = {"repeat": repeat, "broadcast": broadcast, "fold": fold}
q, k, v = inputs(kv_heads=4, tokens=50)
for name, way in ways.items():
    far = float((way(q, k, v) - repeat(q, k, v)).abs().max())
    print(f"{name:<10} differs from repeat by {far:.0e}")

# %% [markdown]
# Now count memory. `Peak` notes every tensor that PyTorch makes, and how many bytes are alive at
# once. We ask how much each way takes, in units of *one KV head's keys*, as the group grows with
# 2 KV heads.
#
# **Predict.** Which ways grow with the group size? Look hard at broadcasting.

# %%
rows = []
for name, way in ways.items():
    taken = []
    for group_size in (1, 2, 4, 8):
        q, k, v = inputs(kv_heads=2, tokens=512, heads=2 * group_size)
        with Peak() as peak:
            way(q, k, v)
        taken.append(f"{peak.bytes / (2 * 512 * 64 * 4):.1f}")
    rows.append((name, *taken))
table(rows, ["way", *(f"group size {g}" for g in (1, 2, 4, 8))], caption="copies of a head's keys")

# %% [markdown]
# Broadcasting only *looks* free. `@` for more than three axes copies its inputs into one batch of
# plain matrices, and a repeated axis is repeated for good. The fold takes the scores, and nothing
# else. The exercise `grouped_attention` is graded by this count, not by a clock.
#
# A mask has a row for each query. Fold the queries, and the mask has to be folded in the same
# way: broadcast to `(B, H, L_q, L_k)` first, then reshape to `(B, H_kv, group * L_q, L_k)`.
#
# What does it cost in time? One decode step, 32 query heads of width 128, 2048 keys. First MHA,
# which has 32 KV heads; then 8 KV heads in each way, and PyTorch's own:
# `scaled_dot_product_attention(..., enable_gqa=True)`, SDPA for short. The candidates take turns
# in an order that changes, so that whatever else the machine does meets all of them.
#
# **Predict.** Order the five by time.


# %%
def medians(calls, rounds=15):
    """Median seconds of each call, taken in turns."""
    samples = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in random.sample(list(calls.items()), len(calls)):
            start = time.perf_counter()
            call()
            samples[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in samples.items()}


def candidates(dtype):
    """The five, on inputs of this dtype."""
    size = {"tokens": 2048, "heads": 32, "batch": 1, "width": 128}
    many = [each.to(dtype) for each in inputs(32, **size)]
    few = [each.to(dtype) for each in inputs(8, **size)]
    calls = {"MHA": lambda: masked_attention(*many)[0]}
    calls |= {f"GQA, {name}": (lambda way=way: way(*few)) for name, way in ways.items()}
    return calls | {
        "GQA, SDPA": lambda: F.scaled_dot_product_attention(*few, enable_gqa=True),
    }


with torch.no_grad():
    times = medians(candidates(torch.float32))
rows = [(name, f"{t * 1e3:.2f} ms", f"{t / times['MHA']:.2f}") for name, t in times.items()]
table(rows, ["way", "median of a step", "relative to MHA"], caption="32 query heads, float32")

# %%
fig, ax = plt.subplots(figsize=(6.4, 2.8))
ax.barh(list(times), [t * 1e3 for t in times.values()], color=COLOURS["blue"])
ax.invert_yaxis()
ax.set(
    xlabel="milliseconds for one decode step", title="Repeating the keys undoes what sharing saves"
)
show(
    fig,
    "Bars of the milliseconds of one decode step: "
    + ", ".join(f"{name} {t * 1e3:.2f}" for name, t in times.items())
    + ". Medians of 15 rounds on the machine that built this page.",
)

# %% [markdown]
# **Why is naive GQA slower than MHA?** MHA reads its keys once. Repeat reads a quarter of that,
# *writes* all of it as a copy, and then reads the copy. Memory traffic is what a decode step
# costs, and the copy is also fresh memory, which the system hands out page by page. So on most
# laptops the obvious GQA is slower than the MHA that it should replace. The fold reads the
# quarter, once. PyTorch's own is right too; on a processor it did not beat the fold where we
# measured.
#
# In half precision a second copy hides. A `masked_attention` that computes in float32 first turns
# all keys into float32: a copy, twice as large as what it copies. The keys can be multiplied as
# they are; only the scores, which are few, become float32.
#
# **Predict.** bfloat16 halves the bytes. Which of these gain from it?


# %%
def fold_as_is(q, k, v):
    """The fold, without turning keys and values into float32."""
    rows = q.reshape(q.shape[0], k.shape[1], -1, q.shape[-1]) / q.shape[-1] ** 0.5
    weights = torch.softmax((rows @ k.mT).float(), dim=-1)  # (B, H_kv, group * L_q, L_k)
    return (weights.to(v.dtype) @ v).reshape(q.shape)


ways["fold, keys as they are"] = fold_as_is
with torch.no_grad():
    full, half = (medians(candidates(d), rounds=7) for d in (torch.float32, torch.bfloat16))
rows = [(name, f"{full[name] * 1e3:.2f} ms", f"{t * 1e3:.2f} ms") for name, t in half.items()]
table(rows, ["way", "float32", "bfloat16"])

# %% [markdown]
# Fewer bytes help only those who do not copy them. (A processor without instructions for bfloat16
# may show another picture: the arithmetic itself is then slow.) `make bench` compares these ways
# in both dtypes, up to 16384 keys.
#
# And in *prefill*, with many queries? Then the products are large, arithmetic decides, and it is
# the same for all. **Predict.** How far apart are repeat and fold with 256 queries on 256 keys?

# %%
many_queries = torch.randn(2, 16, 256, 64)
_, k, v = inputs(kv_heads=4, tokens=256)
with torch.no_grad():
    prefill = medians(
        {name: (lambda way=way: way(many_queries, k, v)) for name, way in ways.items()}
    )
table(
    [(name, f"{t * 1e3:.1f} ms") for name, t in prefill.items()], ["way", "256 queries, 256 keys"]
)

# %% [markdown]
# ## 5. What does GQA make cheaper, and what not?
#
# Count one layer by hand: `d_model = 4`, 2 query heads on 1 KV head, `d_head = 3`, one new token,
# 5 keys. One multiply-add is 2 FLOPs.
#
# | part | numbers | multiply-adds |
# |---|---|---|
# | `q_proj` | 4 x 6 weights | 24 |
# | `k_proj`, `v_proj` | 4 x 3 weights each | 12 each |
# | `o_proj` | 6 x 4 weights | 24 |
# | scores | 2 heads x 1 query x 5 keys x 3 | 30 |
# | weighted sum | the same | 30 |
# | keys and values read | 2 x 1 head x 5 x 3 = 30 numbers | |
#
# So 72 weights; 144 FLOPs in the projections, 120 in the attention, 60 bytes in 16 bits.
#
# **Predict.** For Llama-3-8B (`d_model` 4096, 32 query heads, `d_head` 128) and one decode step
# at 8192 tokens, which columns change from 32 KV heads to 8 to 1?

# %%
rows = []
for kv_heads in (32, 8, 1):
    weights_of_layer = 2 * 4096 * 32 * 128 + 2 * 4096 * kv_heads * 128
    projections = 2 * weights_of_layer
    attention = 2 * 2 * 32 * 128 * 8192
    read = 2 * kv_heads * 128 * 8192 * 2
    rows.append(
        (
            kv_heads,
            f"{weights_of_layer / 1e6:.1f} M",
            f"{projections / 1e6:.0f} M",
            f"{attention / 1e6:.0f} M",
            f"{read / 2**20:.0f} MiB",
        )
    )
table(
    rows, ["KV heads", "weights", "FLOPs, projections", "FLOPs, attention", "keys and values read"]
)

# %% [markdown]
# **The FLOPs of the attention do not change.** Every query head still has its own scores, whoever
# shares its keys. "GQA halves the compute" is wrong. What shrinks is two of four projections, and
# the bytes: of the cache, and of the reading in every step. In prefill, where arithmetic decides,
# GQA gives little; in decode, where reading decides, it gives much.
#
# What others measured, on their hardware (GQA-8 has 8 KV heads, BLEU is on the dev set):
#
# | source | measured |
# |---|---|
# | Shazeer 2019 (WMT14 EN-DE) | with MQA, decoding 46 to 3.8 µs per token; BLEU 26.7 to 26.5 |
# | Ainslie 2023, Table 1 (T5-XXL) | MHA 1.51 s, score 47.2; GQA-8 0.28 s, 47.1; MQA 0.24 s, 46.6 |
#
# GQA with 8 KV heads is almost as fast as MQA and almost as good as MHA. That is why it won.
#
# ## 6. How does a trained model get fewer KV heads?
#
# Training anew is dear. Ainslie et al. *convert*: they pool the trained KV heads of each group
# into one, and train on for a little (they used 5 % of the original steps, "uptraining").
#
# By hand: 4 heads with `d_head = 1` and `d_model = 2`, so each head is one row of
# `k_proj.weight`. We want 2 KV heads. Query heads 0 and 1 will share the first. **Predict.**
# Which rows belong together? What is their mean?

# %%
k_weight = torch.tensor([[1.0, 0.0], [3.0, 0.0], [0.0, 4.0], [0.0, 8.0]])  # (H * d_head, d_model)
by_group = k_weight.unflatten(0, (2, 2, 1))  # (H_kv, group, d_head, d_model)
print("mean of neighbours:", by_group.mean(dim=1).flatten(0, 1).tolist())
print("first of each:     ", by_group[:, 0].flatten(0, 1).tolist())
wrong = k_weight.unflatten(0, (2, 2, 1)).transpose(0, 1)
print("heads 0 and 2, 1 and 3 together (wrong):", wrong.mean(dim=1).flatten(0, 1).tolist())

# %% [markdown]
# The wrong version mixes heads that will *not* share. It has the right shape. A bias is pooled in
# the same way: it has rows too, without the second axis. A third way, `"random"`, ignores the old
# heads and draws fresh weights with the same standard deviation; it shows what pooling is worth.
#
# Does it work? We trained a small decoder on the text of Python's manual, character by character:
# 2 layers, 8 heads, `d_model` 128, 800 steps, three seeds. Each model was converted to 4, 2 and 1
# KV heads in three ways, and trained on for up to 80 steps, a tenth. The whole run takes about
# ten minutes: `python -m attnlab.conversion` makes it again. Its results come with the course.

# %%
kept = load("conversion")
budgets = kept["budgets"]


def losses(kv_heads, how, step):
    """Held-out losses of all seeds, in nats per character."""
    return [
        run["losses"][str(step)]
        for run in kept["runs"]
        if (run["kv_heads"], run["how"]) == (kv_heads, how)
    ]


def told(values):
    """Median, lowest and highest."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


rows = [("8, as trained", "", told(losses(8, "none", 0)), told(losses(8, "none", budgets[-1])))]
for kv_heads in conversion.KV_HEADS:
    for how in conversion.WAYS:
        first, last = losses(kv_heads, how, 0), losses(kv_heads, how, budgets[-1])
        rows.append((kv_heads, how, told(first), told(last)))
table(
    rows,
    ["KV heads", "how", "right after conversion", f"after {budgets[-1]} more steps"],
    caption="Held-out loss, nats per character: median of three seeds, lowest to highest",
)

# %%
fig, axes = plt.subplots(1, 3, figsize=(10.0, 3.6), sharey=True)
for ax, kv_heads in zip(axes, conversion.KV_HEADS, strict=True):
    for how, marker in zip(conversion.WAYS, "osD", strict=True):
        runs = [losses(kv_heads, how, step) for step in budgets]
        middle = [statistics.median(each) for each in runs]
        (line,) = ax.plot(budgets, middle, marker=marker, label=how)
        low, high = [min(each) for each in runs], [max(each) for each in runs]
        ax.fill_between(budgets, low, high, color=line.get_color(), alpha=0.2, lw=0)
    own = [statistics.median(losses(8, "none", step)) for step in budgets]
    ax.plot(budgets, own, color="black", linestyle=":", label="8 KV heads")
    ax.set(title=f"{kv_heads} KV head{'s' if kv_heads > 1 else ''}", xlabel="further steps")
axes[0].set_ylabel("held-out loss, nats")
axes[0].legend()
fig.suptitle("Conversion hurts; a tenth of the training mends most of it")
show(
    fig,
    "Held-out loss over 0 to 80 further steps for 4, 2 and 1 KV heads; lines for mean, first and "
    "random with the spread of three seeds, and the model with 8 KV heads trained on as long. "
    f"After conversion to 1 KV head: mean {statistics.median(losses(1, 'mean', 0)):.2f}, first "
    f"{statistics.median(losses(1, 'first', 0)):.2f}, random "
    f"{statistics.median(losses(1, 'random', 0)):.2f}; after 80 steps "
    f"{statistics.median(losses(1, 'mean', 80)):.2f}, "
    f"{statistics.median(losses(1, 'first', 80)):.2f} and "
    f"{statistics.median(losses(1, 'random', 80)):.2f}.",
)

# %% [markdown]
# How much of what conversion lost does training bring back? 0 % is right after the conversion,
# 100 % is the model with 8 KV heads that was trained on for as many steps.

# %%
rows = []
for kv_heads in conversion.KV_HEADS:
    for how in conversion.WAYS:
        lost = statistics.median(losses(kv_heads, how, 0)) - statistics.median(losses(8, "none", 0))
        back = []
        for step in budgets[1:]:
            own = statistics.median(losses(8, "none", step))
            left = statistics.median(losses(kv_heads, how, step)) - own
            back.append(f"{1 - left / lost:.0%}")
        rows.append((kv_heads, how, *back))
table(rows, ["KV heads", "how", *(f"{step} steps" for step in budgets[1:])], caption="brought back")

# %% [markdown]
# What to take from it:
#
# - Conversion alone hurts, and more with fewer KV heads. A model of 2 layers has no slack.
# - After training on, mean beats first beats random, at 4, 2 and 1 KV heads: the order of Ainslie
#   et al. Right after the conversion it holds at 4 and 2; with a single KV head the first head does
#   worse than random weights. One head's keys answer the wrong questions of seven others.
# - 80 steps, a tenth of the training, bring back 84 to 94 % with the mean; 40 steps 75 to 88 %.
#
# What does not carry over: the sizes. Ainslie et al. converted T5 models with billions of
# parameters; there 5 % of the training brought GQA with 8 KV heads to 47.1 against 47.2 for MHA.
#
# The same, small and live: one seed, a tenth of the training, conversion to 2 KV heads.

# %%
GroupedQueryAttention, pool_kv_heads = mine("GroupedQueryAttention", "pool_kv_heads")
live = conversion.run_seed(
    seed=3,
    data=corpus(),
    attention=GroupedQueryAttention,
    pool=pool_kv_heads,
    wanted=[(8, "none"), (2, "mean"), (2, "first"), (2, "random")],
    base_steps=80,
    budgets=(0, 4, 8),
)
rows = [(kv_heads, how, *each.values()) for kv_heads, how, each in live]
table(rows, ["KV heads", "how", "0 steps", "4 steps", "8 steps"], caption="held-out loss, nats")

# %% [markdown]
# A model with so little training has little to lose. The order can be another one here: that is
# what more seeds and a longer run are for.
#
# ## 7. Your module in a real language model
#
# SmolLM2-135M has 30 layers with 9 query heads on 3 KV heads. `smollm2.load` builds it around
# *your* `GroupedQueryAttention`: the class is an argument. The layer norm, the MLP and the
# tokenizer are in `attnlab`; the attention, its cache and its rotary positions are yours, or the
# course's until yours pass.
#
# The weights come from a package of 93 MB, which `make lab` fetched. If they are missing, the
# next cell says what to run, and the cells after it have nothing to show.

# %%
KVCache = mine("KVCache")
try:
    model, tokenizer = smollm2.load(GroupedQueryAttention)
except smollm2.MissingWeights as missing:
    model = None
    print(missing)
else:
    print(f"{sum(each.numel() for each in model.parameters()) / 1e6:.0f} M parameters")
    print(model.layers[0].attention)

# %% [markdown]
# It gives *logits*: one number for each of 49152 tokens, the larger the likelier to come next.
# Writing greedily means to take the largest, append it, and go on.


# %%
def write(prompt, steps, cached=True, shown=None):
    """Write `steps` tokens; gives (tokens, logits of each step, seconds)."""
    tokens = torch.tensor([tokenizer.encode(prompt).ids])
    caches = None
    if cached:
        caches = model.new_caches(KVCache, batch=1, max_len=tokens.shape[1] + steps)
    start = time.perf_counter()
    written = list(generate(shown or model, tokens, steps, caches))
    seconds = time.perf_counter() - start
    return [token for token, _ in written], torch.stack([each for _, each in written]), seconds


PROMPT = "Once upon a time, there was a"
if model:
    tokens, _, _ = write(PROMPT, 30)
    print(PROMPT + tokenizer.decode(tokens))

# %% [markdown]
# That is your attention, thirty layers deep. Two questions decide whether to believe it.
#
# **Are the logits right?** An independent implementation, `LlamaForCausalLM` of the library
# transformers, computed them once from the same file; the largest ten at every position of three
# prompts are kept in the course (`tests/record_smollm2_logits.py` records them anew). Both
# compute in float32, in another order of operations.

# %%
if model:
    recorded = smollm2.reference_logits()
    print("compared with", recorded["implementation"])
    rows = []
    for each in recorded["prompts"]:
        with torch.no_grad():
            logits = model(torch.tensor([each["tokens"]]))[0]  # (L, vocabulary)
        got = logits.gather(1, torch.tensor(each["ids"]))
        far = float((got - torch.tensor(each["logits"])).abs().max())
        same = logits.argmax(-1).tolist() == [ids[0] for ids in each["ids"]]
        rows.append((repr(each["prompt"][:32]), len(each["tokens"]), f"{far:.0e}", str(same)))
    result = table(rows, ["prompt", "tokens", "largest difference", "same best token everywhere"])
result if model else None

# %% [markdown]
# Differences far below 0.001, in logits of up to 34. (The tests allow 0.001.)
#
# **Is the cached text the uncached text?** Cached and uncached passes round differently, so their
# logits differ a little. If the two best tokens are closer than that, either may win, and both
# texts are right. So look at the smallest *gap* between the best two, beside the largest
# difference.

# %%
if model:
    rows, speeds = [], {}
    for prompt in (PROMPT, "The capital of France is", "def mean(numbers):"):
        with_cache, logits, fast = write(prompt, 24)
        without, logits_without, slow = write(prompt, 24, cached=False)
        gap = logits.topk(2).values
        gap = float((gap[:, 0] - gap[:, 1]).min())
        same = with_cache == without
        far = float((logits - logits_without).abs().max()) if same else float("nan")
        rows.append((repr(prompt), str(same), f"{gap:.4f}", f"{far:.0e}"))
        speeds[prompt] = (24 / fast, 24 / slow)
    result = table(rows, ["prompt", "same text", "smallest gap", "largest difference"])
result if model else None

# %% [markdown]
# The gaps are larger than the differences by far, so the texts must agree, and they do. Where a
# gap were smaller than the difference, we would have to say: a tie.
#
# What does the cache buy in a real model? It grows with the text; these texts are short.

# %%
if model:
    rows = []
    for prompt, (fast, slow) in speeds.items():
        rows.append((repr(prompt), f"{fast:.1f}", f"{slow:.1f}", f"{fast / slow:.1f} times"))
    result = table(rows, ["prompt", "tokens per second, cached", "uncached", "faster"])
result if model else None

# %% [markdown]
# ## 8. What does the wrong order write?
#
# Now the tiled order in the same model, `[k0, k1, k2, k0, k1, k2, ...]`. The weights are the
# same. Permuting the query heads has the same effect as tiling the KV heads: query head 1 then
# meets KV head 1 rather than 0.
#
# **Predict.** Is the text a little worse, or nonsense?


# %%
class Tiled(GroupedQueryAttention):
    """The same module, with query heads that read KV heads in the tiled order."""

    def load_tiled(self, heads, kv_heads, d_head):
        """Permute the rows of q_proj and the columns of o_proj, head by head."""
        order = torch.arange(heads).reshape(heads // kv_heads, kv_heads).T.flatten()
        rows = (order[:, None] * d_head + torch.arange(d_head)).flatten()
        self.q_proj.weight.data = self.q_proj.weight[rows]
        self.o_proj.weight.data = self.o_proj.weight[:, rows]


if model:
    right, _, _ = write("The capital of France is", 24)
    for layer in model.layers:
        layer.attention.__class__ = Tiled
        layer.attention.load_tiled(9, 3, 64)
    wrong, logits, _ = write("The capital of France is", 24)
    print("right:", repr(tokenizer.decode(right)))
    print("tiled:", repr(tokenizer.decode(wrong)))

# %% [markdown]
# No error, right shapes, all weights loaded. Two thirds of the query heads read the wrong keys.
# On a fresh model this error cannot even be seen: it trains as well as the right order. It shows
# when weights come from elsewhere.
#
# ## Check yourself
#
# Answer first, then open.
#
# <details><summary>1. 12 query heads, 3 KV heads. Which KV head does query head 7 read?</summary>
#
# The group size is 4, and 7 // 4 = 1.
# </details>
#
# <details><summary>2. Why does folding the group into the rows change no value?</summary>
#
# A row of queries is treated by itself: its own scores, its own softmax. It does not matter in
# which head it stands, as long as the keys are the same.
# </details>
#
# <details><summary>3. Your GQA has a quarter of the KV heads and is slower than MHA. What do you
# look for?</summary>
#
# A copy of the keys: `repeat_interleave`, an `expand` followed by a reshape, or `@` that
# broadcasts.
# </details>
#
# <details><summary>4. By how much do the FLOPs of QK^T shrink from 32 KV heads to 8?</summary>
#
# Not at all.
# </details>
#
# <details><summary>5. A conversion pools heads 0 and 4 of 8, for 4 KV heads. What is
# wrong?</summary>
#
# Query heads 0 and 1 will share a KV head, so their old heads must be pooled: 0 and 1.
# </details>
#
# ## Summary
#
# | question | answer |
# |---|---|
# | what shrinks | k_proj, v_proj, the cache, the bytes read in every step |
# | what stays | the FLOPs of scores and weighted sum |
# | order | query head h reads KV head h // group size; never tiled |
# | fast | fold the group into the rows of the queries; copy no keys |
# | ends | H_kv = H is MHA, H_kv = 1 is MQA |
# | conversion | mean of neighbouring heads, then train on for a little |
#
# Next: the exercises, in `workspace/07_grouped_query/07_grouped_query.ipynb`. When yours pass,
# run sections 6 to 8 again: then it is your code that writes.
