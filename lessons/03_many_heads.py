# %% [markdown]
# # 3. Many heads: several lookups at once
#
# A head of lesson 01 does one lookup for each query. Some questions need two: *who* did it, and
# *where*. What becomes of a softmax that has to answer both? And what do two softmaxes do instead?
#
# | section | you will be able to | minutes |
# |---|---|---|
# | 1 | say what one softmax loses, and when | 20 |
# | 2 | write the loop of heads and read its output projection | 20 |
# | 3 | give it masks, a context, and another device | 15 |
# | 4 | count what the heads cost | 10 |
# | 5 | tell from an experiment what heads are for | 20 |
# | 6 | say what else would help, and when there are too many heads | 15 |
#
# You need lessons 01 and 02: scores, softmax, weights, `nn.Linear`, `nn.Module`, masks. Plan 100
# minutes; each section ends in a good place to stop. Sections 1 to 4 suffice for the exercises.

# %%
import copy
import math
import statistics

import matplotlib.pyplot as plt
import torch
from torch import nn

from attnlab import COLOURS, drawers, heatmap, heatmaps, kept, show, table, trace_shapes
from attnlab.diagram import Diagram
from autograder import mine, predict

masked_attention, MultiHeadLoop = mine("masked_attention", "MultiHeadLoop")
torch.manual_seed(0)
torch.set_printoptions(precision=3, sci_mode=False)
torch.set_num_threads(1)  # everything here is tiny: more threads only get in each other's way

# %% [markdown]
# `mine` brings your own functions, and the course's where yours do not pass yet.
# `masked_attention` is from unit 02. `MultiHeadLoop` is what you will write after this lesson;
# section 5 trains it.
#
# ## 1. What one softmax delivers
#
# **Goal:** say which two answers one weighted average can hold, and which it cannot.
#
# Three drawers, A, B and C. Each holds one thing: a coin, a ring or a key. A question wants two
# answers, **in order**: *What is in A, and what is in C?*
#
# The question is the query, the drawers are what it looks at. A softmax gives one weight to each
# drawer. The fair choice is half on A and half on C. The value of each thing is a direction of its
# own: coin (1, 0, 0), ring (0, 1, 0), key (0, 0, 1).

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_collision",
    "Weights 1/2, 0, 1/2. Which two contents of A and C give the same output?",
    {
        "`coin, key` and `ring, ring`": "Their averages name different things: (1/2, 0, 1/2) and "
        "(0, 1, 0).",
        "no two: each has its own output": "Half of the one plus half of the other is the same sum "
        "in either order.",
        "`coin, key` and `key, coin`": "The average says that there is a coin and a key. It does "
        "not say which is where.",
    },
    right="`coin, key` and `key, coin`",
)

# %%
weights = torch.tensor([0.5, 0.0, 0.5])  # (L_k,)   half on A, none on B, half on C
things = ["coin", "ring", "key"]
direction = dict(zip(things, torch.eye(3), strict=True))  # torch.eye(3): the identity matrix
rows = []
for a, c in [("coin", "key"), ("key", "coin"), ("ring", "ring")]:
    values = torch.stack([direction[a], direction["ring"], direction[c]])  # (L_k, d_head)
    rows.append([a, c, (weights @ values).tolist()])
table(rows, ["in A", "in C", "output (coin, ring, key)"])

# %% [markdown]
# Different inputs, one output: a **collision**. What collides is lost for everything that comes
# after.
#
# Would other values help? Compare three kinds: 512 random numbers for each thing; the same plus 512
# numbers for the drawer's letter; and 512 numbers of its own for each *pair*, so that a coin in A
# and a coin in C have nothing in common.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_values",
    "Weights half and half. With which values do `coin, key` and `key, coin` differ?",
    {
        "a wide vector for each thing": "Width does not matter: coin/2 + key/2 is key/2 + coin/2.",
        "letter plus thing": "(A + coin) + (C + key) and (A + key) + (C + coin) are the same sum.",
        "a vector for each pair of drawer and thing": "Each term says where it comes from, so the "
        "sum still knows.",
    },
    right="a vector for each pair of drawer and thing",
)

# %%
of_thing = torch.randn(3, 512)  # (things, d_head)
of_letter = torch.randn(3, 512)  # (drawers, d_head)
of_pair = torch.randn(3, 3, 512)  # (drawers, things, d_head)
A, C, COIN, KEY = 0, 2, 0, 2
differences = {
    "thing": (of_thing[COIN] + of_thing[KEY]) - (of_thing[KEY] + of_thing[COIN]),
    "letter + thing": (of_letter[A] + of_thing[COIN] + of_letter[C] + of_thing[KEY])
    - (of_letter[A] + of_thing[KEY] + of_letter[C] + of_thing[COIN]),
    "pair": (of_pair[A, COIN] + of_pair[C, KEY]) - (of_pair[A, KEY] + of_pair[C, COIN]),
}  # each (d_head,)
table(
    [[name, f"{d.abs().max() / 2:.1g}"] for name, d in differences.items()],
    ["value of a drawer", "largest difference of the two outputs"],
)

# %% [markdown]
# (The middle row is rounding.) So equal weights lose the order **unless a value knows which drawer
# it comes from**. In the first layer of a model it does not: the vector of a token is *word plus
# position*, and `v_proj` of a sum is a sum. After a layer with a bend in it, it may. [Vaswani et
# al. 2017](https://arxiv.org/abs/1706.03762), section 3.2.2, on attending to several positions at
# once: "With a single attention head, averaging inhibits this."
#
# ### Unequal weights
#
# Why half and half? Here are all nine contents of A and C as points. The corners of the triangle
# are the values of the three things.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_unequal",
    "Weights 2/3 on A and 1/3 on C. How many different points do the nine contents give?",
    {
        "three": "Only the corners, where A and C hold the same, are three.",
        "six": "That is half and half: each pair of different things meets its reverse.",
        "nine": "The amount carries the order: the larger part comes from A.",
    },
    right="nine",
)

# %% jupyter={"source_hidden": true}
corner = torch.tensor([[0.0, 0.0], [2.0, 0.0], [1.0, 1.73]])  # (things, 2)   coin, ring, key
fig, axes = plt.subplots(1, 2, figsize=(10.0, 4.4))
seen = {}
for ax, (name, w) in zip(axes, {"1/2 and 1/2": 1 / 2, "2/3 and 1/3": 2 / 3}.items(), strict=True):
    places = {}
    for i, a in enumerate(things):
        for j, c in enumerate(things):
            point = w * corner[i] + (1 - w) * corner[j]  # (2,)
            places.setdefault(tuple(round(x, 3) for x in point.tolist()), []).append(f"{a}, {c}")
    for (x, y), names in places.items():
        ax.plot(x, y, "o", color=COLOURS["orange" if len(names) > 1 else "blue"], ms=9)
        ax.annotate("\n".join(names), (x, y), (x, y - 0.09), ha="center", va="top", fontsize=10)
    ax.set(title=f"weights {name}: {len(places)} points", xlim=(-0.5, 2.5), ylim=(-0.5, 2.0))
    ax.set_axis_off()
    seen[name] = len(places)
fig.suptitle("Equal weights let the order collide (orange), unequal ones keep it")
show(
    fig,
    "Nine ordered contents of drawers A and C as blends in a triangle. "
    + "; ".join(f"weights {name}: {count} different points" for name, count in seen.items())
    + ". With equal weights every pair of different things shares its point with the reverse pair.",
    caption="in A, in C",
)

# %% [markdown]
# So one softmax *can* hand over two answers, packed into one vector. Somebody has to unpack them.
# The first answer is the thing with the larger amount. The second is the smaller one, or the only
# one.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_linear",
    "A linear layer gives each thing a score, and the highest is its answer. Which of the two "
    "answers can it read from the blend 2/3, 1/3?",
    {
        "both": "For the second it would have to change its mind three times along one edge.",
        "only the first": "The larger amount wins: that is a linear score. The smaller one is not.",
        "only the second": "The first is the easy one: the thing with the larger amount.",
        "neither": "The thing with the larger amount can be found by a score for each thing.",
    },
    right="only the first",
)

# %% jupyter={"source_hidden": true}
fig, ax = plt.subplots(figsize=(7.4, 3.3))
amount = [0, 1 / 3, 2 / 3, 1]
ax.plot([-0.05, 1.05], [0, 0], color="0.5", lw=1)
ax.plot([0, 1], [-0.75, 0.75], color=COLOURS["green"], label="a linear score: crosses zero once")
wanted = {"first": ("s", "sky", [-1, -1, 1, 1]), "second": ("o", "orange", [-1, 1, -1, 1])}
for which, (marker, colour, signs) in wanted.items():
    ax.plot(amount, signs, marker, color=COLOURS[colour], ms=9 if which == "second" else 13,
            label=f"needed for the {which} answer")  # fmt: skip
ax.set(xlabel="amount of key in the blend", xlim=(-0.1, 1.1), ylim=(-1.7, 1.5))
ax.set_xticks(amount, ["coin, coin", "coin, key", "key, coin", "key, key"])
ax.set_yticks([-1, 0, 1], ["coin wins", "", "key wins"])
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.1), ncols=3, fontsize=9)
ax.set_title("The second answer turns three times, a straight line cannot")
show(
    fig,
    "Score of key minus score of coin along one edge of the triangle, from coin, coin to key, key. "
    "The first answer needs the signs -, -, +, +, which a straight line has. The second needs "
    "-, +, -, +, which no straight line has.",
)

# %% [markdown]
# Along the edge, the difference of two linear scores is a straight line, and it crosses zero only
# once. A layer with a *bend* can turn back. The usual bend is **ReLU**: it replaces negative
# numbers by 0. Section 6 comes back to it.
#
# ### Two softmaxes
#
# Two heads have weights of their own. Their outputs are put **side by side** (`torch.cat` joins
# tensors along an axis; `dim=-1` is the last).
#
# **Predict.** Head 0 looks at A only, head 1 at C only. What are the joined outputs?

# %%
head_0 = torch.tensor([1.0, 0.0, 0.0])  # (L_k,)   all on A
head_1 = torch.tensor([0.0, 0.0, 1.0])  # (L_k,)   all on C
for a, c in [("coin", "key"), ("key", "coin"), ("ring", "ring")]:
    values = torch.stack([direction[a], direction["ring"], direction[c]])  # (L_k, d_head)
    joined = torch.cat([head_0 @ values, head_1 @ values], dim=-1)  # (2 * d_head,)
    print(f"{a + ', ' + c:11}", joined.tolist())

# %% [markdown]
# No collision, and nothing to unpack: the first three numbers are the first answer, the last three
# the second. The usual deal is **H heads of width `d_model / H`** instead of one of width
# `d_model`: narrower heads, the same total. Whether that is a good deal is for section 5 to find
# out.
#
# *A good place to stop.*
#
# ## 2. The loop of heads
#
# **Goal:** know every part of the layer that you will write, and what the output projection does.
#
# A head is three projections from `d_model` to `d_head`, and one call of `masked_attention`. The
# next head is the same with weights of its own. `o_proj` takes what they found, side by side.

# %% jupyter={"source_hidden": true}
diagram = Diagram(11.4, 5.0)
x_box = diagram.box("x", (0.75, 4.4), shape="(B, L_q, d_model)")
context_box = diagram.box("context (or x)", (0.75, 2.45), shape="(B, L_k, d_model)")
cat_box = diagram.box(
    "cat, head 0 first", (8.4, 2.45), "output", "(B, L_q, H · d_head)", (1.6, 0.62)
)
o_box = diagram.box("o_proj", (10.5, 2.45), "output", "(B, L_q, d_model)")
for name, i, middle in (("head 0", "0", 3.75), ("          head i, up to H - 1", "i", 1.15)):
    q, k, v = (
        diagram.box(f"{n}_proj", (3.9, middle + up), role, f"(B, {length}, d_head)", (1.3, 0.52))
        for n, role, length, up in (
            ("q", "query", "L_q", 0.66),
            ("k", "key", "L_k", 0),
            ("v", "value", "L_k", -0.66),
        )  # fmt: skip
    )
    mask_box = diagram.box(
        f"mask[:, {i}]", (6.0, middle + 0.66), "mask", "(B, L_q, L_k)", (1.3, 0.52)
    )
    head = diagram.box(
        "masked_attention", (6.0, middle - 0.33), "weights", "(B, L_q, d_head)", (1.6, 0.62)
    )
    for start, end, role in [
        (x_box, q, "plain"), (context_box, k, "plain"), (context_box, v, "plain"),
        (q, head, "query"), (k, head, "key"), (v, head, "value"), (mask_box, head, "mask"),
        (head, cat_box, "output"),
    ]:  # fmt: skip
        diagram.arrow(start, end, role)
    diagram.frame([q, k, v, head], name)
diagram.arrow(cat_box, o_box, "output")
diagram.show(
    "Block diagram of the loop. Each head has its own q_proj of x and its own k_proj and v_proj of "
    "the context, (B, L, d_head) each, and its own masked_attention with mask[:, i]. The heads' "
    "outputs (B, L_q, d_head) are joined to (B, L_q, H * d_head), head 0 first, and the one o_proj "
    "leads back to (B, L_q, d_model)."
)

# %% [markdown]
# To tell all widths apart, take `d_model = 7`, two heads and `d_head = 3`: nothing forces
# `H * d_head` to equal `d_model`. Look for what the two heads share.

# %%
torch.manual_seed(2)
x = torch.randn(4, 5, 7)  # (B, L, d_model)
two_heads = [[nn.Linear(7, 3) for _ in range(3)] for _ in range(2)]
o_proj = nn.Linear(6, 7)  # from H * d_head back to d_model
outputs = []
for number, (q_proj, k_proj, v_proj) in enumerate(two_heads):
    print(f"head {number}")
    with trace_shapes(B=4, L=5, d_model=7, d_head=3):
        q, k, v = q_proj(x), k_proj(x), v_proj(x)
    output, weights = masked_attention(q, k, v)  # (B, L, d_head), (B, L, L)
    outputs.append(output)

# %% [markdown]
# They share `x`, and in the end `o_proj`. Nothing else. Inside a head the scale is
# $\sqrt{d_\mathrm{head}}$, the root of *its* width 3; `masked_attention` takes it from `q`.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_join",
    "Two outputs of shape `(4, 5, 3)`; `o_proj` takes 6 numbers for each position. How do the "
    "outputs come together?",
    {
        "`torch.stack(outputs)`": "A new axis in front: (2, 4, 5, 3). Each position still has 3.",
        "`outputs[0] + outputs[1]`": "(4, 5, 3), and the collision of section 1: a sum does not "
        "know its parts.",
        "`torch.cat(outputs, dim=-1)`": "Each position keeps its place and gets the numbers of all "
        "heads, head 0 first.",
        "`torch.cat(outputs, dim=1)`": "(4, 10, 3): twice as many positions, not wider ones.",
    },
    right="`torch.cat(outputs, dim=-1)`",
)

# %%
ways = {
    "torch.cat(outputs, dim=-1)": torch.cat(outputs, dim=-1),
    "torch.cat(outputs, dim=1)": torch.cat(outputs, dim=1),
    "torch.stack(outputs)": torch.stack(outputs),
    "outputs[0] + outputs[1]": outputs[0] + outputs[1],
}
rows = [[way, tuple(t.shape), "yes" if t.shape[-1] == 6 else "no"] for way, t in ways.items()]
table(rows, ["", "shape", "o_proj accepts it"])

# %% [markdown]
# ### What `o_proj` reads
#
# By hand: one position, two heads of width 2, `d_model` 3. Head 0 says (1, 2), head 1 says (3, -1).
# The weight of `o_proj` has a column for each number of the joined vector. Columns 0 and 1 only
# ever meet head 0, columns 2 and 3 head 1: the weight falls into **blocks of columns**.
#
# **Predict.** What does each block make of its own head, and what is their sum? (`copy_` writes
# into a tensor; inside `torch.no_grad()` nothing is kept for gradients.)

# %%
head_0, head_1 = torch.tensor([1.0, 2.0]), torch.tensor([3.0, -1.0])  # (d_head,) each
small = nn.Linear(4, 3)
with torch.no_grad():
    small.weight.copy_(
        torch.tensor([[1.0, 0.0, 0.0, 2.0], [0.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0]])
    )  # (d_model, H * d_head)
    small.bias.copy_(torch.tensor([0.0, 0.0, 0.5]))  # (d_model,)
    whole = small(torch.cat([head_0, head_1]))  # (d_model,)
    blocks = small.weight.split(2, dim=1)  # pieces of 2 columns, each (d_model, d_head)
    parts = [block @ head for block, head in zip(blocks, (head_0, head_1), strict=True)]
table(
    [["block 0 @ head 0", *parts[0]], ["block 1 @ head 1", *parts[1]], ["bias", *small.bias],
     ["o_proj of both", *whole]],
    ["", "number 0", "number 1", "number 2"],
)  # fmt: skip

# %% [markdown]
# `o_proj` of the joined vector is the sum over heads of *its block times its head*, plus one bias.
# So this is how heads contribute to a model: **each adds its own piece**. (A projection inside each
# head, results added, would compute the same. But it would have other names and H biases, and
# trained weights of one layout could not be loaded into the other.)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_order",
    "We join head 1 first, and exchange the two blocks of columns of `o_proj` as well. What "
    "happens to the result?",
    {
        "it stays as it was": "A sum has no order. Only both exchanges together leave it alone.",
        "its numbers trade places": "The rows of `o_proj` make the numbers of the result, and no "
        "row was moved.",
        "it is another vector": "That is what one exchange alone does: heads meet the wrong block.",
    },
    right="it stays as it was",
)

# %%
with torch.no_grad():
    swapped_heads = torch.cat([head_1, head_0])  # (H * d_head,)
    swapped_weight = torch.cat([blocks[1], blocks[0]], dim=1)  # (d_model, H * d_head)
    rows = [
        ["as they were", *whole],
        ["heads exchanged, weight not", *small(swapped_heads)],
        ["heads and blocks exchanged", *(swapped_weight @ swapped_heads + small.bias)],
    ]
table(rows, ["", "number 0", "number 1", "number 2"])

# %% [markdown]
# Heads have no natural order, so two trained models cannot be compared head by head. But *within*
# one model the order is fixed: a wrong one gives right shapes and wrong numbers.
#
# ### Holding the heads
#
# A module finds its weights through its attributes (lesson 01). How many heads there are is known
# only at run time, so the first idea is a Python list; `nn.ModuleList` is a list that is
# a module. Three containers hold two `nn.Linear(7, 3)`, that is 2 x (21 + 3) = 48 numbers.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_container",
    "For which `self.parts` does the module find all 48?",
    {
        "`[part(), part()]`": "A plain list hides its contents: the optimiser never sees them, and "
        "there is no error.",
        "`nn.ModuleList([part()] * 2)`": "One part, listed twice: both heads are the same.",
        "`nn.ModuleList([part(), part()])`": "Made one by one, held where the module looks.",
        "all three": "Only what stands in a module, a `ModuleList` or a `ModuleDict` is found.",
    },
    right="`nn.ModuleList([part(), part()])`",
)


# %%
class Holder(nn.Module):
    """Two parts in the given container, and one layer behind them."""

    def __init__(self, parts):
        super().__init__()
        self.parts = parts
        self.last = nn.Linear(6, 7)


def part():
    return nn.Linear(7, 3)


holders = {
    "[part(), part()]": Holder([part(), part()]),
    "nn.ModuleList([part()] * 2)": Holder(nn.ModuleList([part()] * 2)),
    "nn.ModuleList([part(), part()])": Holder(nn.ModuleList([part(), part()])),
}
rows = []
for name, holder in holders.items():
    in_parts = [p.numel() for n, p in holder.named_parameters() if n.startswith("parts")]
    outcome = torch.equal(holder.parts[0](x), holder.parts[1](x))
    rows.append([name, sum(in_parts), "yes" if outcome else "no"])
table(rows, ["self.parts =", "numbers found in the parts", "both parts give the same"])

# %% [markdown]
# A part with several named layers fits into an `nn.ModuleDict`. **Predict** the names of its
# weights, from the outside in.

# %%
named = nn.ModuleDict({"left": nn.Linear(7, 3), "right": nn.Linear(7, 3)})
holder = Holder(nn.ModuleList([named]))
print(*(name for name, _ in holder.named_parameters()), sep="\n")
print("used as holder.parts[0]['left']:", tuple(holder.parts[0]["left"](x).shape))

# %% [markdown]
# The exercise asks for `heads.0.q_proj`, `heads.0.k_proj` and so on: read off how it must be built.
#
# *A good place to stop.*
#
# ## 3. Masks, context, devices
#
# **Goal:** hand the right mask to each head, and know the trap of `B = H`.
#
# ### A mask has an axis of heads
#
# With several heads the scores are `(B, H, L_q, L_k)`, and so is the mask: **each head may have a
# mask of its own.** If the heads share one, its axis of heads has size 1 or is not there.
# `mask.broadcast_to(shape)` stretches it, copies nothing, and raises an error where shapes do not
# fit. Then head `i` takes its own piece, `mask[:, i]`.
#
# **Predict.** Head 0 may look at the past and itself, head 1 at everything: a mask `(H, L_q, L_k)`.
# What is the shape of `mask[:, 0]` after `broadcast_to`?

# %%
everything = torch.ones(5, 5, dtype=torch.bool)  # (L_q, L_k)
per_head = torch.stack([everything.tril(), everything])  # (H, L_q, L_k)
mask = per_head.broadcast_to((4, 2, 5, 5))  # (B, H, L_q, L_k)
print("before", tuple(per_head.shape), " after", tuple(mask.shape), " one", tuple(mask[:, 0].shape))
panels, panel_masks = {}, {}
with torch.no_grad():
    for i, (q_proj, k_proj, v_proj) in enumerate(two_heads):
        name = f"head {i}: {('causal', 'everything')[i]}"
        _, weights = masked_attention(q_proj(x), k_proj(x), v_proj(x), mask[:, i])  # (B, L_q, L_k)
        panels[name], panel_masks[name] = weights[0], mask[0, i]
heatmaps(panels, title="Each head obeys its own mask", mask=panel_masks)

# %% [markdown]
# A causal mask for all heads, `(L_q, L_k)`, needs nothing: lined up from the right it fits.
#
# ### The padding trap
#
# A padding mask is `(B, 1, L_k)`. Lined up from the right with `(B, H, L_q, L_k)`, its `B` stands
# under `H`.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_padding",
    "Two sentences of lengths 5 and 3, two heads, the padding mask as it is. What happens?",
    {
        "an error": "That is what three sentences and two heads give. With B = H the shapes fit.",
        "each head gets the length of one sentence": "Head 0 sees 5 keys, head 1 sees 3.",
        "each sentence gets its own length": "Only with an axis for the heads: `padding[:, None]`.",
    },
    right="each head gets the length of one sentence",
)


# %%
def padding_of(lengths):
    return torch.stack([torch.arange(5) < n for n in lengths])[:, None]  # (B, 1, L_k)


for lengths in ([5, 3, 4], [5, 3]):
    padding = padding_of(lengths)
    shape = (len(lengths), 2, 4, 5)  # (B, H, L_q, L_k)
    for name, each in {"padding": padding, "padding[:, None]": padding[:, None]}.items():
        try:
            keys_allowed = each.broadcast_to(shape).sum(-1)[:, :, 0].tolist()  # (B, H)
        except RuntimeError:
            keys_allowed = "error: the shapes do not fit"
        print(f"lengths {lengths!s:10} {name:17} {tuple(each.shape)!s:13} {keys_allowed}")

# %% jupyter={"source_hidden": true}
sentences = {"right: padding[:, None]": padding[:, None], "trap: padding": padding}
fig, axes = plt.subplots(1, 2, figsize=(10.5, 3.6))
names = [f"sentence {b}, head {h}" for b in range(2) for h in range(2)]
counts = []
for ax, (name, each) in zip(axes, sentences.items(), strict=True):
    shown = each.broadcast_to((2, 2, 4, 5))[:, :, 0].flatten(0, 1)  # (B * H, L_k)
    heatmap(shown.double(), names, None, name, ax=ax, mask=shown, digits=0)
    ax.set_ylabel("")
    counts.append(f"{name}: {shown.sum(-1).tolist()}")
fig.suptitle("B = H = 2, lengths 5 and 3: the trap masks heads instead of sentences")
show(
    fig,
    "Keys allowed for sentence 0 head 0, sentence 0 head 1, sentence 1 head 0, sentence 1 head 1. "
    + "; ".join(counts),
)

# %% [markdown]
# In the trap, sentence 1 reads its padding through head 0, and head 1 cannot see all of sentence 0.
# No error. The course's checks bring `B == H` on purpose. `[:, None]` puts in the axis of heads:
# `(B, 1, 1, L_k)`. Joined with a causal mask, `padding[:, None] & causal` is `(B, 1, L_q, L_k)`.
#
# ### Context
#
# Cross-attention is as in lesson 01: queries from `x`, keys and values from the context, in every
# head. The mask is broadcast with the length of *each* in its place.
#
# **Predict.** `x` is `(4, 5, 7)`, the context `(4, 9, 7)`. To which shape is a mask broadcast? What
# shape does the output of the layer have?

# %%
context = torch.randn(4, 9, 7)  # (B, L_k, d_model)
outputs = []
for q_proj, k_proj, v_proj in two_heads:
    output, weights = masked_attention(q_proj(x), k_proj(context), v_proj(context))
    outputs.append(output)  # (B, L_q, d_head)
print("mask broadcast to", (x.shape[0], len(two_heads), x.shape[1], context.shape[1]))
print("weights of a head", tuple(weights.shape))
print("output           ", tuple(o_proj(torch.cat(outputs, dim=-1)).shape))

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_nothing_to_see",
    "Query 0 may look at nothing, in both heads. What comes out of `o_proj` for it?",
    {
        "zeros": "The heads say zeros (lesson 02). `o_proj` comes after them, and it has a bias.",
        "NaN": "`masked_attention` gives zeros where there is no key, so nothing turns into NaN.",
        "the bias of `o_proj`": "Zero times every column, plus the bias.",
    },
    right="the bias of `o_proj`",
)

# %%
with torch.no_grad():
    rows = []
    for name, blind in {"in both heads": (0, 1), "in head 0 only": (0,)}.items():
        mask = torch.ones(4, 2, 5, 5, dtype=torch.bool)  # (B, H, L_q, L_k)
        mask[:, list(blind), 0] = False  # query 0 sees nothing in these heads
        outputs = [
            masked_attention(q_proj(x), k_proj(x), v_proj(x), mask[:, i])[0]
            for i, (q_proj, k_proj, v_proj) in enumerate(two_heads)
        ]
        joined = torch.cat(outputs, dim=-1)  # (B, L_q, H * d_head)
        is_bias = torch.allclose(o_proj(joined)[:, 0], o_proj.bias)
        rows.append([name, str([round(v, 2) + 0.0 for v in joined[0, 0].tolist()]), is_bias])
table(rows, ["query 0 sees nothing", "joined outputs of query 0", "result is o_proj's bias"])

# %% [markdown]
# If one head is blind, its block adds nothing and the others speak as usual.
#
# ### Where a tensor lives
#
# A model may live on a GPU: `module.to(device)` moves its weights, and `x` comes from there too.
# Lesson 02, section 3 said where a tensor starts that *you* make. You can try it without a GPU:
# the device `"meta"` knows shapes and types, but holds no numbers.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_device",
    "A layer and `x` are on `meta`. Which of these can be added to the layer's output?",
    {
        "`torch.arange(3.0)`": "Made without a device it is on the processor.",
        "`torch.arange(3.0, device=x.device)`": "Made where x is.",
        "both: PyTorch moves small tensors": "Nothing is moved unless you ask; only a single "
        "number may come from the processor.",
    },
    right="`torch.arange(3.0, device=x.device)`",
)

# %%
layer = nn.Linear(7, 3).to("meta")
there = torch.empty(4, 5, 7, device="meta")  # (B, L, d_model), no numbers
for name, options in {
    "torch.arange(3.0)": {},
    "... device=x.device": {"device": there.device},
}.items():
    try:
        print(f"{name:20}", (layer(there) + torch.arange(3.0, **options)).device)
    except RuntimeError as error:
        print(f"{name:20}", "RuntimeError:", error)

# %% [markdown]
# The checks run your module on `meta`, and in other dtypes. A module that makes no tensors of its
# own, or makes them from `x`, passes.
#
# *A good place to stop.*
#
# ## 4. What the heads cost
#
# **Goal:** count the parameters of any multi-head layer, and know when it is not `4 * d_model²`.
#
# By hand, for the layer of section 2: `d_model = 7`, two heads, `d_head = 3`. A layer
# `nn.Linear(a, b)` holds `a * b` weights and `b` biases. One head: three projections from 7 to 3,
# 3 x (21 + 3) = 72; two heads: 144. `o_proj` from 6 to 7: 42 + 7 = 49.
#
# **Predict.** What is the sum? How many of these are biases?

# %%
layers = [layer for head in two_heads for layer in head] + [o_proj]
total = sum(p.numel() for layer in layers for p in layer.parameters())
biases = sum(layer.bias.numel() for layer in layers)
print("in all:", total, " biases:", biases, " weights:", total - biases)

# %% [markdown]
# Each of the four kinds of projection leads between `d_model` and the joint width `H * d_head`. The
# usual choice is `d_head = d_model / H`. Then the joint width is `d_model`, and H drops out: more
# heads cost no weights and save none.
#
# Real models do not always follow that rule. Llama-2-7B does: 32 heads of 128 on 4096. Gemma-7B has
# 16 heads of 256 on 3072. (Published configurations.)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_gemma",
    "Somebody counts `4 * d_model * d_model` weights for an attention layer of Gemma-7B. The true "
    "number is",
    {
        "the same": "Only where H * d_head is d_model. Here it is 4096 on 3072.",
        "a third larger": "Each matrix is 3072 x 4096, not 3072 x 3072.",
        "a quarter smaller": "The other way round: the count forgets a quarter of the weights.",
    },
    right="a third larger",
)

# %%
rows = []
for name, d_model, num_heads, d_head in [
    ("Llama-2-7B", 4096, 32, 128),
    ("Gemma-7B", 3072, 16, 256),
]:
    weights = 4 * d_model * num_heads * d_head
    rows.append([name, d_model, num_heads * d_head, f"{weights:,}", f"{4 * d_model**2:,}"])
table(rows, ["model", "d_model", "H * d_head", "weights (no biases)", "4 * d_model * d_model"])

# %% [markdown]
# So in this course `d_head` is a number of its own. If it is not given (`None`), it is
# `d_model // num_heads`. And when that does not divide? `64 // 10` is 6, and ten heads of 6 are 60
# wide, not 64: a layer that runs and is not what was asked for. Better to say so: `raise` stops
# with an error, and `ValueError` is Python's error for an argument that makes no sense.


# %%
def pieces_each(cake, people):
    """How many whole pieces everybody gets."""
    if cake % people != 0:
        raise ValueError(f"{cake} pieces cannot be shared evenly by {people}")
    return cake // people


print(pieces_each(12, 4))
try:
    pieces_each(12, 5)
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# If `d_head` *is* given, nothing has to divide: 10 heads of 6 on a `d_model` of 64 are fine then.
#
# *A good place to stop. The exercises are within reach now; sections 5 and 6 show what heads are
# good for.*
#
# ## 5. Does training find it?
#
# **Goal:** see, with your own loop, what one head and two heads of the same total width learn.
#
# **The task.** Eight drawers, A to H, each with one of eight things. A question names two drawers;
# the answer is what they hold, in order. Every step has new contents and questions, so
# nothing can be learned by heart. (The code of this experiment is `lessons/attnlab/drawers.py`.)

# %%
contents, asked, answers = drawers.questions(3, torch.Generator().manual_seed(1))
for each, pair, answer in zip(contents, asked, answers, strict=True):
    print(
        " ".join(f"{d}:{drawers.THINGS[t]:5}" for d, t in zip(drawers.DRAWERS, each, strict=True))
    )
    print("  what is in", " and ".join(drawers.DRAWERS[i] for i in pair), "?",
          ", ".join(drawers.THINGS[i] for i in answer))  # fmt: skip

# %% [markdown]
# **The model** is cross-attention with one query: the question looks at the drawers. An
# `nn.Embedding` is a table of learned vectors, looked up by number. The last line is a linear
# read-out: a score for each of 8 things, for each of 2 answers (`unflatten` cuts the axis of 16
# into 2 and 8). Here is one pass through it.

# %%
reader = drawers.Reader(MultiHeadLoop, num_heads=2)  # d_model = 16
with torch.no_grad():
    context = reader.letter(torch.arange(8)) + reader.content(contents)  # (B, drawers, d_model)
    x = reader.first(asked[:, :1]) + reader.second(asked[:, 1:])  # (B, 1, d_model)
    x = x + reader.layers[0](x, context)  # (B, 1, d_model)   the loop of heads, added
    scores = reader.read_out(x).unflatten(-1, (2, 8))  # (B, 1, 2, things)
print(tuple(scores.shape), " same as the whole model:",
      torch.allclose(scores.squeeze(1), reader(contents, asked)))  # fmt: skip

# %% [markdown]
# The value of a drawer is *letter + thing*: the kind that collides (section 1). One head of width
# 16, or two of 8: as many parameters, the same data, the same 300 steps. The loss is cross-entropy
# in nats; guessing one of eight things costs `ln(8)`, about 2.08.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_training",
    "Three runs of each. What will happen?",
    {
        "both solve it, two heads sooner": "One head delivers one average, and a linear read-out "
        "cannot take it apart.",
        "one head wins: it is twice as wide": "Width does not help against an average.",
        "two heads solve it, one gets stuck": "Each head takes one lookup. One head has to choose.",
    },
    right="two heads solve it, one gets stuck",
)

# %%
readers, curves = {}, {}
for num_heads in (1, 2):
    for seed in range(3):
        torch.manual_seed(seed)
        readers[num_heads, seed] = drawers.Reader(MultiHeadLoop, num_heads)
        curves[num_heads, seed] = drawers.train(readers[num_heads, seed], steps=300, seed=seed)

# %% jupyter={"source_hidden": true}
one_guessed, order_unknown = math.log(8) / 2, 7 / 8 * math.log(2)
fig, ax = plt.subplots(figsize=(7.6, 4.0))
ends = {}
for (num_heads, seed), losses in curves.items():
    smooth = torch.tensor(losses).view(-1, 10).mean(1)  # (steps / 10,)   means of ten steps
    look = {1: (COLOURS["orange"], "--"), 2: (COLOURS["blue"], "-")}[num_heads]
    name = f"{num_heads} head{'s' * (num_heads > 1)} of width {16 // num_heads}"
    ax.plot(10 * torch.arange(30) + 5, smooth, color=look[0], linestyle=look[1],
            label=name if seed == 0 else None)  # fmt: skip
    ends.setdefault(name, []).append(f"{smooth[-5:].mean():.2f}")
for loss, words in [(one_guessed, "one right, one guessed"), (order_unknown, "order unknown")]:
    ax.axhline(loss, color="0.4", lw=1)
    ax.text(313, loss, words, va="center")
ax.set(xlabel="training step", ylabel="loss (nats per answer)", xlim=(0, 308), ylim=(0, 2.5))
ax.set_title("One head gets stuck, two heads solve the task")
ax.legend()
show(
    fig,
    "Loss over 300 training steps, three runs each; mean of the last 50 steps: "
    + "; ".join(f"{name}: {', '.join(each)}" for name, each in ends.items())
    + f". Lines mark two losses: one answer right and the other guessed {one_guessed:.2f}, "
    f"both things known but not their order {order_unknown:.2f}.",
)

# %% [markdown]
# One head ends near the upper of two losses that we can work out, or between the two. **One
# answer right, the other guessed:** `ln(8) / 2`, about 1.04. **Both things known, but not which
# is where:** if they differ (7 of 8 questions) each has probability one half, so `7/8 * ln(2)`,
# about 0.61.
#
# Three runs may be luck. `python -m attnlab.drawers` trains every model of this lesson with ten
# seeds, in a minute or two on one core; its results come with the course.

# %%
runs = kept.load("drawers")["runs"]


def of_model(name, what="both"):
    return [run[what] for run in runs if run["model"] == name]


def spread(names):
    """Share of questions with both answers right: one row for each model, over ten runs."""
    rows = [
        [name, *(f"{f(of_model(name)):.2f}" for f in (min, statistics.median, max)),
         f"{sum(share > 0.9 for share in of_model(name))} of 10"]
        for name in names
    ]  # fmt: skip
    return table(rows, ["model", "worst run", "median", "best run", "runs above 0.9"],
                 caption="Share of questions with both answers right")  # fmt: skip


spread(["1 head", "2 heads", "4 heads"])

# %% [markdown]
# Guessing both would be right in 1 of 64 questions (0.02), and one head is better than that. What
# does it do? Look at questions whose two things differ, and at the mean weight on the drawer asked
# first and on the one asked second. **Predict:** do all runs do the same?

# %%
rows = [
    [run["seed"], *(f"{run[share]:.2f}" for share in ("first", "second", "same")),
     *(f"{weight:.2f}" for weight in run["on_asked"][0])]
    for run in runs if run["model"] == "1 head"
]  # fmt: skip
table(
    rows,
    ["run", "first right", "second right", "same answer twice", "weight on first", "on second"],
    caption="One head, questions whose two things differ",
)

# %% [markdown]
# There are two ways to get stuck, by an accident of the start, and a few runs lie in between:
#
# - **One drawer only:** that answer is always right, the other a guess.
# - **A blend of both:** then mostly **the same answer twice**, the thing with the larger part.
#
# ### What did each head take over?
#
# Now a model with two heads. **Predict.** Where will the weights of each head be?

# %%
contents, asked, _ = drawers.questions(4, torch.Generator().manual_seed(6))
weights = drawers.weights_of(readers[2, 0], contents, asked)  # (questions, H, drawers)
names = [" then ".join(drawers.DRAWERS[i] for i in pair) for pair in asked]
panels = {f"head {i}": weights[:, i] for i in range(2)}
heatmaps(
    panels, names, list(drawers.DRAWERS), title="Two heads: each goes to one of the two drawers"
)

# %% [markdown]
# Four questions are an impression; the mean over 2000 is a number. And is a large weight proof that
# the answer comes from there? Take a head out: set its block of columns in `o_proj` to zero.
# (`copy.deepcopy` makes an independent copy of a model.) **Predict:** which answers break?

# %%
rows = []
for silent in (None, 0, 1):
    model = copy.deepcopy(readers[2, 0])
    if silent is not None:
        with torch.no_grad():
            model.layers[0].o_proj.weight[:, 8 * silent : 8 * (silent + 1)] = 0.0
    roles = drawers.weight_on_asked(model).tolist()  # (H, 2)
    name, looks = ("none", "") if silent is None else (
        f"head {silent}", " / ".join(f"{weight:.2f}" for weight in roles[silent])
    )  # fmt: skip
    shares = drawers.examine(model)
    rows.append([name, looks, f"{shares['first']:.2f}", f"{shares['second']:.2f}"])
table(rows, ["silent", "its weight on first / second", "first right", "second right"])

# %% [markdown]
# Nobody told the heads: the loss alone divided the work. Which head takes which lookup differs
# from run to run. In real models things are less tidy.
#
# *A good place to stop.*
#
# ## 6. What else would help, and when heads are too many
#
# **Goal:** say what several heads are for, no more and no less.
#
# The task was chosen so that one head has a hard time. So give one head some help, one thing at a
# time: **four times the steps**; **twice the width**; **a bend** (a hidden layer of 64 with ReLU in
# the read-out; in a transformer such a network, the MLP, follows every attention layer); **two
# layers**, the second of which knows what the first one found.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_help",
    "With which help do all ten runs of one head solve the task?",
    {
        "four times the steps": "The average stays an average, however long it is trained.",
        "twice the width": "The collision does not come from the width.",
        "a bend": "One run of ten; with four times the steps six. Others stay with one drawer.",
        "a second layer": "One lookup after the other, in place of side by side.",
    },
    right="a second layer",
)

# %%
spread(
    ["1 head", "1 head, four times the steps", "1 head, d_model 32", "1 head, bend",
     "1 head, bend, four times the steps", "2 heads, bend", "2 layers of 1 head"]
)  # fmt: skip

# %% [markdown]
# How do the successful runs with a bend do it? **Predict** their weights on the two drawers.

# %%
bent = [run for run in runs if run["model"] == "1 head, bend, four times the steps"]
table(
    [[run["seed"], f"{run['both']:.2f}", *(f"{weight:.2f}" for weight in run["on_asked"][0])]
     for run in sorted(bent, key=lambda run: -run["both"])],
    ["run", "both right", "weight on the first", "weight on the second"],
    caption="One head, read-out with a bend, four times the steps, best runs first",
)  # fmt: skip

# %% [markdown]
# **Unequally**, nearly three to one: the trick of section 1. Training found it by itself. The runs
# that failed have nearly all weight on one drawer.
#
# One remedy of section 1 is left: values that know their drawer, a vector for each of the 64 pairs.
# To see what they are good for, two models are *given* half and half on the asked drawers. All else
# is learned, with a bend and four times the steps. If the order is lost, the best that can be done
# is to be right in 1 question of 8 (the things are the same) and in half of the rest: 0.56.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_even",
    "Weights half and half, a bend. Which values let the model get past 0.56?",
    {
        "letter + thing": "Their sum is the same for both orders, and no network can undo that.",
        "a vector for each pair": "The sum still knows the order, and a bend can read it.",
        "neither": "Equal weights lose the order only if the values do not carry it.",
    },
    right="a vector for each pair",
)

# %%
spread(["even weights, bend", "even weights, joint vectors, bend", "1 head, joint vectors, bend"])

# %% [markdown]
# With joint vectors equal weights suffice. But left to itself, with the same steps (last row),
# training rarely finds it here: most runs settle on one drawer.
#
# So this much is true, and no more. One softmax delivers **one** weighted average. Two answers can
# be packed into it, by unequal weights or by values that know their place; then a network has to
# unpack them, and training has to find the trick. Two heads deliver both ready to read, in one
# layer, for no extra parameters. That is why multi-head attention is the usual choice.
#
# ### Too many heads?
#
# If two are better than one, are sixteen better still? The total width stays 16, so they are 1
# wide. A key of width 1 is one number; let the eight keys be 1, 2, ... 8. The score is query times
# key.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "heads_thin",
    "Each query has a winner. Which drawers can win, if the query may be any number but 0?",
    {
        "all eight": "A query cannot ask for `4`: it can only ask for more, or for less.",
        "only the two ends": "A positive query prefers the largest key, a negative "
        "one the smallest.",
        "only the last": "For a positive query, yes. A negative one turns the order round.",
    },
    right="only the two ends",
)

# %%
keys_1 = torch.arange(1.0, 9.0)[:, None]  # (N, d_head)   one number for each drawer
queries_1 = torch.linspace(-5, 5, 1000)[:, None]  # (L_q, d_head)   1000 from -5 to 5
angles = torch.arange(8) * 2 * math.pi / 8
keys_2 = torch.stack([angles.cos(), angles.sin()], dim=-1)  # (N, d_head)   on a circle
for d_head, queries, keys in ((1, queries_1, keys_1), (2, keys_2, keys_2)):
    winners = (queries @ keys.T).argmax(-1).unique()  # each winner once
    print(f"d_head = {d_head}, can win:", " ".join(drawers.DRAWERS[i] for i in winners))

# %% [markdown]
# With two numbers the keys can lie on a circle, and each is the best match for its own direction.
# [Bhojanapalli et al. 2020](https://arxiv.org/abs/2002.07028) call it the *low-rank bottleneck*: a
# head narrower than the sequence is long cannot make every pattern of weights. It is about queries
# and keys. (A narrow value limits how much a head can hand over, which is another matter.)
#
# The paper that introduced multi-head attention varied the number of heads too, for translation
# from English to German: Table 3, rows (A), total width 512. BLEU says how well translations agree
# with those of humans.

# %% jupyter={"source_hidden": true}
paper = {1: 24.9, 4: 25.5, 8: 25.8, 16: 25.8, 32: 25.4}  # heads: BLEU
toy = {n: of_model(f"{n} head{'s' * (n > 1)}") for n in (1, 2, 4, 8, 16)}
medians = [statistics.median(shares) for shares in toy.values()]
fig, axes = plt.subplots(1, 2, figsize=(10.5, 4.0))
for n, shares in toy.items():
    axes[0].plot([n] * 10, shares, "o", color=COLOURS["sky"], ms=5)
axes[0].plot(list(toy), medians, "-", color=COLOURS["blue"], label="median of 10 runs (dots)")
axes[0].set(title="our drawers, total width 16", ylabel="both answers right", ylim=(0, 1.12))
axes[0].legend(loc="lower center")
axes[1].plot(list(paper), list(paper.values()), "s-", color=COLOURS["orange"])
axes[1].set(title="translation, total width 512", ylabel="BLEU", ylim=(24.6, 26.1))
for ax, heads in zip(axes, (list(toy), list(paper)), strict=True):
    ax.set_xscale("log", base=2)
    ax.set_xticks(heads, heads)
    ax.set_xlabel("number of heads")
fig.suptitle("Too few heads and too thin heads are both worse")
show(
    fig,
    "Left, share of questions with both answers right over the number of heads, median of 10 runs: "
    + ", ".join(f"{n}: {m:.2f}" for n, m in zip(toy, medians, strict=True))
    + ". Right, BLEU of Vaswani et al. 2017, Table 3 (A): "
    + ", ".join(f"{n}: {bleu}" for n, bleu in paper.items())
    + ". The scale on the right does not begin at zero.",
)

# %% [markdown]
# The comparison is of the same kind, and both ends are worse. What does not carry over: the *size*
# of the effect (a translation model has six layers on each side, with bends: both help), the *best
# number*, and the *spread* (the paper gives one number for each).
#
# *A good place to stop.*
#
# ## Before you start the exercises
#
# | exercise | what to remember | section |
# |---|---|---|
# | `MultiHeadLoop(d_model, num_heads, d_head=None, bias=True)` | names; `cat`; one `o_proj` | 2 |
# | its `forward(x, context=None, mask=None)` | `broadcast_to`, `mask[:, i]`, context | 3 |
# | its `ValueError` | only if `d_head` is not given | 4 |
# | `parameter_count(d_model, num_heads, d_head, bias=True)` | weights and biases; an `int` | 4 |
# | `inconsistent_model()` | which numbers decide the shape of each weight and bias | 2, 4 |
#
# `bias` goes to *all* projections. `mask=None` means that everything is allowed, and
# `masked_attention` takes `None` as well. The result has the shape of `x`.
#
# To find out by yourself whether your answer is right:
#
# - **Count:** `p.numel()` over `parameters()` agrees with your `parameter_count`.
# - **Order:** exchange two heads and their column blocks: nothing changes. Only the heads: it does.
# - **Silence:** set one block of `o_proj` to zero. Only that head's weights stop mattering.
# - **Mask per head:** forbid a key in one head. The result changes, but not as if all had lost it.
# - **Sizes:** all different, `H * d_head` not `d_model`; then once a padding mask with `B = H`.
#
# ## Check yourself

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_heads_average",
    "One head puts 0.5 on each of two tokens of the first layer. What can the next layer know?",
    {
        "both values, and which token had which": "The sum is the same in both orders.",
        "both values, but not which was whose": "Word plus position does not say which token had "
        "which.",
        "neither value: the average is a new vector": "Directions that are far apart can be told "
        "apart in their sum.",
    },
    right="both values, but not which was whose",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_heads_bend",
    "One head with a ReLU network after it solved the task in six of ten runs. Why are several "
    "heads the usual choice all the same?",
    {
        "their parameters are more, so they learn faster": "They have as many.",
        "their answers come apart, not in one blend": "No trick has to be found: every run solved "
        "it, in a quarter of the steps.",
        "a ReLU cannot unpack two answers from one blend": "It did, in six of ten runs.",
    },
    right="their answers come apart, not in one blend",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_heads_parameters",
    "`d_model` 512, 8 heads of 64, no biases: 1,048,576 weights. And 16 heads of 32?",
    {
        "as many": "Only the product of heads and width counts.",
        "twice as many": "Twice the heads, each half as wide.",
        "half as many": "Each head has half the weights, but there are twice as many heads.",
    },
    right="as many",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_heads_hidden",
    "All shapes are right, the loss falls slowly, the heads' weights never change. Why?",
    {
        "`nn.ModuleList([head] * H)`": "That one head would still learn.",
        "the heads are in a plain Python list": "Only `o_proj` is found, and trained.",
        "the learning rate is too small": "Then `o_proj` would not change either.",
    },
    right="the heads are in a plain Python list",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_heads_mask",
    "8 sentences, 8 heads, a padding mask `(8, 1, 20)`. It runs. What does head 3 see?",
    {
        "the real tokens of every sentence": "For that the mask needs `[:, None]`.",
        "everything": "The mask is applied, along the wrong axis.",
        "every sentence up to the length of sentence 3": "Its B is read as H.",
    },
    right="every sentence up to the length of sentence 3",
)

# %% [markdown]
# ## Summary
#
# | question | answer |
# |---|---|
# | one softmax | one average; equal weights lose the order, unless the values know their place |
# | unequal weights | keep the order, packed; a layer with a bend can unpack it |
# | several heads | several averages side by side, ready to be read, for as many parameters |
# | too many heads | each too thin for its own lookup |
# | the loop | three projections and `masked_attention` for each head; `cat` along the last axis |
# | `o_proj` | one block of columns for each head, head 0 first; the sum of what they add |
# | containers | `nn.ModuleList`, made one by one; no plain list, no `[head] * H` |
# | masks | `(B, H, L_q, L_k)`; padding comes as `padding[:, None]` |
# | nothing to look at | zeros from the heads, so `o_proj`'s bias |
# | devices | what you make yourself: `device=x.device` |
#
# Next: the exercises, in `workspace/03_many_heads/03_many_heads.ipynb`. Then lesson 04, which gets
# rid of the loop.
