# %% [markdown]
# # 4. Multi-head attention without the loop
#
# Lesson 03 ran its heads one after the other. Real models compute all heads in one matrix
# multiplication, cut the result into heads, and glue the heads together again. The numbers are the
# same. But cutting and gluing has a famous trap: the wrong cut has the right shape, raises no
# error, and the model even trains.
#
# | section | you will be able to | minutes |
# |---|---|---|
# | 1 | put the matrices of H heads into one | 10 |
# | 2 | cut a wide vector into heads, and see a wrong cut | 15 |
# | 3 | join heads, and test one half of a pair | 20 |
# | 4 | run all heads in one call | 10 |
# | 5 | write it with `einsum`, without any cut | 15 |
# | 6 | carry weights from one implementation to another | 15 |
# | 7 | show that five implementations are one function | 20 |
#
# You need lessons 02 and 03: masks, and the loop of heads with `heads.0.q_proj`, ..., `o_proj`.
# Plan 105 minutes; each section ends in a good place to stop. An appendix on whether and when the
# fused form is faster takes 15 minutes more.

# %%
import copy
import json
import math
from itertools import product
from pathlib import Path

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from matplotlib.patches import Rectangle
from torch import nn

import attnlab
from attnlab import COLOURS, heatmap, show, table, timing, trace_shapes
from attnlab.diagram import Diagram
from autograder import mine, predict

masked_attention, MultiHeadLoop, split_heads, merge_heads = mine(
    "masked_attention", "MultiHeadLoop", "split_heads", "merge_heads"
)
MultiHeadAttention, multi_head_einsum, fuse_heads, from_torch = mine(
    "MultiHeadAttention", "multi_head_einsum", "fuse_heads", "from_torch"
)
torch.manual_seed(0)
torch.set_printoptions(precision=3, sci_mode=False)
torch.set_num_threads(1)

# %% [markdown]
# `mine` brings what *you* wrote, and the course's version where yours does not pass yet. The last
# six are the exercises of this lesson. Sections 4 and 7 use them: run those again when you have
# solved them, and they test your code.
#
# ## 1. One tall matrix
#
# **Goal:** know which rows of one large matrix belong to head h.
#
# Two heads make their queries from the same token. The token has `d_model = 3` numbers, each head
# has `d_head = 2`. A weight of `nn.Linear` is `(out, in)`, so each head's is `(2, 3)`: one *row*
# for each number that comes out. No other row has a say in that number. So all rows can be put into
# one matrix, if we know where to find the results.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_rows",
    "Head 0's two numbers first, then head 1's: how must the rows be put together?",
    {
        "side by side: `cat` along `dim=1`": "That makes rows of 6 numbers, and the token has 3.",
        "row 0 of each head, then row 1 of each": "No error, and the right numbers in the wrong "
        "places: the first two would be one of each head.",
        "head 0's rows above head 1's: `cat` along `dim=0`": "Each row makes the number at its own "
        "place.",
    },
    right="head 0's rows above head 1's: `cat` along `dim=0`",
)

# %%
x = torch.tensor([1, 2, 3])  # (d_model,)
head_0 = torch.tensor([[1, 0, 0], [0, 1, 1]])  # (d_head, d_model)
head_1 = torch.tensor([[2, 0, 0], [0, 0, -1]])  # (d_head, d_model)
tall = torch.cat([head_0, head_1], dim=0)  # (H * d_head, d_model)
wide = torch.cat([head_0, head_1], dim=1)  # (d_head, H * d_model)
dealt = torch.stack([head_0, head_1], dim=1).flatten(0, 1)  # row 0 of each head, then row 1
print("head 0:", (head_0 @ x).tolist(), "  head 1:", (head_1 @ x).tolist())
print("tall: ", (tall @ x).tolist())
print("dealt:", (dealt @ x).tolist())
try:
    wide @ x
except RuntimeError as error:
    print(f"wide:  {tuple(wide.shape)},", error)

# %% jupyter={"source_hidden": true}
HEAD_COLOURS = (COLOURS["sky"], "0.3")


def draw_cells(ax, numbers, owners, title, row_names, column_names):
    """A table of integers in the colours of the heads that they belong to."""
    for (row, column), number in zip(
        product(*map(range, numbers.shape)), numbers.flatten().tolist(), strict=True
    ):
        owner = int(owners[row, column])
        place = (column - 0.5, row - 0.5)
        ax.add_patch(Rectangle(place, 1, 1, facecolor=HEAD_COLOURS[owner], edgecolor="white", lw=2))
        colour = "white" if owner else "black"
        ax.text(column, row, number, ha="center", va="center", color=colour, fontsize=11)
    rows, columns = numbers.shape
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), aspect="equal", title=title)
    ax.set_xticks(range(columns), column_names)
    ax.set_yticks(range(rows), row_names)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


fig, axes = plt.subplots(1, 3, figsize=(8.0, 3.9))
panels = {"head 0's matrix": head_0, "head 1's matrix": head_1, "one tall matrix": tall}
for ax, (name, matrix), owner in zip(axes, panels.items(), (0, 1, None), strict=True):
    heads_of_rows = [0, 0, 1, 1] if owner is None else [owner, owner]
    owners = torch.tensor(heads_of_rows)[:, None].expand(matrix.shape)
    draw_cells(ax, matrix, owners, name, range(len(matrix)), range(3))
    ax.set(xlabel="input number", ylabel="row = output number", anchor="N")
fig.suptitle("Blue (head 0) above grey (head 1): the tall matrix keeps every row whole")
show(
    fig,
    "Two 2 by 3 matrices, head 0 in blue and head 1 in grey, and the 4 by 3 matrix made of both. "
    f"Its rows: {tall.tolist()}; the first two are head 0's, the last two head 1's.",
)

# %% [markdown]
# A bias is one number for each output, so biases are joined in the same order. One multiplication
# then makes the queries of all heads, `(B, L, H * d_head)`; keys and values have tall matrices of
# their own. Attention, however, needs each head apart.
#
# *A good place to stop.*
#
# ## 2. Cutting into heads
#
# **Goal:** recognise a wrong cut by its numbers, because its shape will not tell.
#
# To follow single numbers, give each a name. One sentence of three tokens, two heads of width 4.
# The number `10 * token + slot` tells where it comes from: **tens = token, ones = slot**. Slots 0
# to 3 belong to head 0, slots 4 to 7 to head 1. (One sentence only: the exercise has a batch axis
# in front.)

# %%
L, H, d_head = 3, 2, 4
x = torch.tensor([[10 * token + slot for slot in range(8)] for token in range(3)])
print(tuple(x.shape), " = (L, H * d_head)")
print(x)

# %% [markdown]
# We want `(H, L, d_head)`: for each head a table with a row for each token. Two moves.
#
# **Move 1: cut.** `x.view(3, 2, 4)` reads the last axis, 8 numbers, as 2 pieces of 4. `view` moves
# nothing: the numbers lie in memory in one long line, and only the reading of the line changes.
#
# **Move 2: exchange** the axes of tokens and heads. `transpose` moves nothing either: it exchanges
# two *strides*, the numbers of places to go along the line for one step on an axis.

# %%
cut = x.view(L, H, d_head)  # (L, H, d_head)
heads = cut.transpose(0, 1)  # (H, L, d_head)
print("token 1, head 0:", cut[1, 0].tolist())
print("head 0:", heads[0].tolist())
print("head 1:", heads[1].tolist())
print("strides of the cut", cut.stride(), " after the exchange", heads.stride())

# %% [markdown]
# ### The trap
#
# The target shape is known. So why not ask for it at once, with `x.view(2, 3, 4)`? Another slip
# cuts "4 pieces of 2" in place of "2 pieces of 4", and gets the right shape with `permute`,
# which names the new order of all axes.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_view",
    "`view` reads the line 0 1 2 ... 7, 10 ... 17, 20 ... 27 from left to right. What does "
    "`x.view(2, 3, 4)` give to head 0?",
    {
        "slots 0 to 3 of every token": "For that the line would have to be read in jumps.",
        "all of token 0 and half of token 1": "The first 12 numbers of the line: half of the text.",
        "every second number of every token": "That is the other slip: dealt like cards.",
    },
    right="all of token 0 and half of token 1",
)

# %% jupyter={"source_hidden": true}
splits = {
    "right: cut, then exchange": heads,
    "wrong: view alone": x.view(2, 3, 4),
    "wrong: dealt like cards": x.view(3, 4, 2).permute(2, 0, 1),
}
fig, axes = plt.subplots(2, 3, figsize=(10.2, 5.6))
for column, (name, split) in enumerate(splits.items()):
    for head in range(2):
        ax, numbers = axes[head, column], split[head]  # (L, d_head)
        draw_cells(ax, numbers, numbers % 10 // 4, name if head == 0 else "", range(3), range(4))
        ax.set_ylabel(f"given to head {head}\nposition")
    axes[1, column].set_xlabel("place in d_head")
fig.suptitle("Three cuts, one shape (2, 3, 4): blue belongs to head 0, grey to head 1")
show(
    fig,
    "Numbers are 10 * token + slot. "
    + "; ".join(
        f"{name}: head 0 gets {split[0].tolist()}, head 1 gets {split[1].tolist()}"
        for name, split in splits.items()
    )
    + ".",
    caption="The colour is the head that a number belongs to; the tens are its token.",
)

# %% [markdown]
# - **Right:** each head is of one colour, and row = token.
# - **View alone:** "position 1" of head 0 is still token 0. Head 0 has the first half of the text,
#   head 1 the second half.
# - **Dealt:** row = token is right, but each head has half of the other head's numbers.
#
# Look at colour (head) and tens (token), not at the shape.
#
# *A good place to stop.*
#
# ## 3. Joining again, and tests that prove nothing
#
# **Goal:** join heads in the right order, and know what a round trip does not test.
#
# `o_proj` wants the heads side by side, `(L, H * d_head)`: exchange back, then join the last two
# axes. Here are two heads that lie in order in memory, as an attention makes them.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_join",
    "`result` is `(2, 3, 4)`, in order in memory. Can `result.transpose(0, 1).view(3, 8)` join the "
    "heads of each token?",
    {
        "yes": "The numbers of one token are not neighbours on the line: no stride reaches all.",
        "yes, in the wrong order": "`view` never gives a wrong order in silence here: it refuses.",
        "no: an error": "`view` cannot move numbers, and here they would have to move.",
    },
    right="no: an error",
)

# %%
result = torch.stack([x[:, :4], x[:, 4:]])  # (H, L, d_head), in order in memory
pieces = result.transpose(0, 1)  # (L, H, d_head)
try:
    pieces.view(3, 8)
except RuntimeError as error:
    print("view:   ", str(error).split(". Use")[0])
joined = pieces.reshape(3, 8)  # (L, H * d_head)
print("reshape:", joined.tolist(), "  copied:", joined.data_ptr() != result.data_ptr())

# %% [markdown]
# `reshape` does what `view` does if it can, and copies otherwise. The error is a help. Two ways to
# silence it are not: `result.reshape(3, 8)` without the exchange, and
# `result.contiguous().view(3, 8)`. (`contiguous()` writes a tensor in order; this one *was*.
# `data_ptr()` is the place in memory where the line begins.)
#
# **Predict.** Which numbers land at token 0 then?

# %% jupyter={"source_hidden": true}
merges = {
    "right: exchange, then reshape": joined,
    "wrong: reshape without exchange": result.reshape(3, 8),
}
fig, axes = plt.subplots(1, 2, figsize=(10.2, 2.9))
for ax, (name, merged) in zip(axes, merges.items(), strict=True):
    draw_cells(ax, merged, merged % 10 // 4, name, range(3), range(8))
    ax.set(xlabel="place: what o_proj reads", ylabel="token")
fig.suptitle("Without the exchange a token gets other tokens' numbers")
show(
    fig,
    "; ".join(f"{name}: rows {merged.tolist()}" for name, merged in merges.items())
    + ". In the right one, row t holds the numbers of token t, head 0 first.",
    caption="",
)

# %% [markdown]
# ### A round trip proves nothing
#
# A test that comes to mind: cut, join, and see whether `x` comes back. Three ways to cut (right,
# by view alone, as cards), three ways to join with the same names, and five pairs of them.
# (`flatten(1)` joins all axes from 1 on.)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_round_trip",
    "Which of the pairs below give `x` back?",
    {
        "only right / right": "A wrong cut can be undone by an equally wrong join.",
        "the three whose halves fit each other": "The round trip tests whether the join fits the "
        "cut, not whether either is right.",
        "all five": "A mixed pair leaves the numbers out of order.",
    },
    right="the three whose halves fit each other",
)

# %%
cuts = {
    "right": lambda x: x.view(len(x), H, -1).transpose(0, 1),
    "view": lambda x: x.view(H, len(x), -1),
    "cards": lambda x: x.view(len(x), -1, H).permute(2, 0, 1),
}  # each (L, H * d_head) -> (H, L, d_head)
joins = {
    "right": lambda heads: heads.transpose(0, 1).flatten(1),
    "view": lambda heads: heads.reshape(heads.shape[1], -1),
    "cards": lambda heads: heads.permute(1, 2, 0).flatten(1),
}  # each (H, L, d_head) -> (L, H * d_head)
pairs = [("right", "right"), ("view", "view"), ("cards", "cards"), ("right", "view"),
         ("view", "right")]  # fmt: skip
table(
    [[cut, join, torch.equal(joins[join](cuts[cut](x)), x)] for cut, join in pairs],
    ["cut", "join", "round trip gives x back"],
)

# %% [markdown]
# So a test has to look at *one* half, with numbers that carry their name.
#
# ### What wrong cuts do to a model
#
# A self-attention with a causal mask, six tokens, two heads, the same weights for all; only cut and
# join differ. We ask what lesson 02 asked: change token `j`; which outputs move? (`F.linear(x,
# weight)` is what `nn.Linear` computes, with a weight that we hold ourselves.)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_leak",
    "Under the causal mask output 0 may depend on token 0 alone. Which pair lets it see more?",
    {
        "none: the mask forbids it": "The mask masks positions inside a head, and in a wrong cut "
        "these are not tokens.",
        "view / view": "It is blind instead: the second half of the text never sees the first.",
        "right / view": "The mixed pair puts results of later tokens into row 0.",
    },
    right="right / view",
)

# %%
torch.manual_seed(1)
L, d_model = 6, 5
w_q, w_k, w_v = (torch.randn(H * d_head, d_model) / math.sqrt(d_model) for _ in range(3))
w_o = torch.randn(d_model, H * d_head) / math.sqrt(H * d_head)
causal = torch.ones(L, L, dtype=torch.bool).tril()  # (L_q, L_k)


def attend(x, cut, join, w_q=w_q, w_k=w_k, w_v=w_v, w_o=w_o):
    """Causal self-attention of one sentence with a given cut and join."""
    q, k, v = (cuts[cut](F.linear(x, weight)) for weight in (w_q, w_k, w_v))
    output, _ = masked_attention(q, k, v, causal)  # (H, L, d_head)
    return F.linear(joins[join](output), w_o)  # (L, d_model)


def who_moves(x, cut, join):
    """Row i, column j: does output i move when token j changes?"""
    moved = torch.zeros(L, L, dtype=torch.bool)  # (output, changed token)
    for j in range(L):
        changed = x.clone()
        changed[j] += 1.0
        moved[:, j] = (attend(changed, cut, join) - attend(x, cut, join)).abs().amax(-1) > 1e-5
    return moved


x = torch.randn(L, d_model)  # (L, d_model)
reach = {pair: who_moves(x, *pair) for pair in pairs}

# %% jupyter={"source_hidden": true}
drawn = {f"{cut} / {join}": reach[cut, join] for cut, join in pairs if cut != "cards"}
fig, axes = plt.subplots(1, 4, figsize=(12.4, 3.9))
for ax, (name, moved) in zip(axes, drawn.items(), strict=True):
    heatmap(moved.double(), title=name, ax=ax, digits=0)
    for i, j in moved.triu(1).nonzero().tolist():
        place = (j - 0.44, i - 0.44)
        ax.add_patch(Rectangle(place, 0.88, 0.88, fill=False, edgecolor=COLOURS["orange"], lw=2.5))
    ax.set(xlabel="changed token", ylabel="output" if ax is axes[0] else "")
fig.suptitle("cut / join: 1 where the output moves; framed = it sees the future")
show(
    fig,
    "Which outputs move when a token changes, under a causal mask. "
    + "; ".join(
        f"{name}: {int(moved.triu(1).sum())} looks into the future, "
        f"{int((~moved & causal).sum())} allowed looks missing"
        for name, moved in drawn.items()
    ),
)

# %% [markdown]
# Mixed pairs leak: lesson 02 showed what such a leak does in training. View / view is blind, since
# each head holds one half of the text.
#
# The test that counts is the loop of lesson 03, with the same rows of the same matrices.
# (`chunk(2, dim=0)` cuts rows into 2 equal blocks: `cat`, backwards.)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_cards",
    "Cards / cards passes the round trip and does not leak. Does it equal the loop?",
    {
        "yes": "It gives each head other rows of the weights than the loop does.",
        "only if the weights are dealt in the same order": "Then it is the same function: the rows "
        "merely stand elsewhere.",
        "no, whatever the weights": "Rows and columns of the weights can be put in the same order.",
    },
    right="only if the weights are dealt in the same order",
)

# %%
rows_of_heads = zip(*(w.chunk(H, dim=0) for w in (w_q, w_k, w_v)), strict=True)
outputs = [
    masked_attention(*(F.linear(x, rows)[None] for rows in qkv), causal)[0] for qkv in rows_of_heads
]  # each (1, L, d_head)
by_loop = F.linear(torch.cat(outputs, dim=-1)[0], w_o)  # (L, d_model)

versions = {f"{cut} / {join}": (attend(x, cut, join), reach[cut, join]) for cut, join in pairs}
order = torch.arange(H * d_head).view(H, d_head).T.flatten()  # number 0 of each head, then 1, ...
redealt = attend(x, "cards", "cards", w_q[order], w_k[order], w_v[order], w_o[:, order])
versions["cards / cards, weights dealt too"] = (redealt, reach["cards", "cards"])
table(
    [
        [name, not (moved & ~causal).any(), not (~moved & causal).any(),
         torch.allclose(output, by_loop, atol=1e-5)]
        for name, (output, moved) in versions.items()
    ],
    ["cut / join", "does not see ahead", "sees all of the past", "equals the loop"],
)  # fmt: skip

# %% [markdown]
# So a model *trained from scratch* with dealt cards is as good as any other. It goes wrong on the
# day when weights arrive from somewhere else. The order of heads in a weight is a convention.
#
# Both mistakes have been published as working code.
# [reczoo/FuxiCTR#30](https://github.com/reczoo/FuxiCTR/issues/30): a `view` without transpose, in
# three models at once.
# [jsbaan/transformer-from-scratch#6](https://github.com/jsbaan/transformer-from-scratch/pull/6):
# joined without the exchange; the training test had passed, because its task was too easy.
#
# *A good place to stop.*
#
# ## 4. All heads in one call
#
# **Goal:** see why attention needs no change, and where heads meet. This is the layer that you will
# write:

# %% jupyter={"source_hidden": true}
diagram = Diagram(11.5, 3.5)
x_box = diagram.box("x", (0.75, 2.95), shape="(B, L_q, d_model)")
context_box = diagram.box("context (or x)", (0.75, 1.0), shape="(B, L_k, d_model)")
attention = diagram.box(
    "masked_attention", (6.65, 1.65), "weights", "(B, H, L_q, d_head)", (1.7, 0.62)
)
mask_box = diagram.box("mask", (6.65, 2.95), "mask", "(B, H, L_q, L_k)", (1.5, 0.62))
merge = diagram.box("merge_heads", (8.75, 1.65), "output", "(B, L_q, H · d_head)", (1.6, 0.62))
o_box = diagram.box("o_proj", (10.65, 1.65), "output", "(B, L_q, d_model)")
for n, role, length, y in (("q", "query", "L_q", 2.95), ("k", "key", "L_k", 1.65),
                           ("v", "value", "L_k", 0.4)):  # fmt: skip
    projection = diagram.box(
        f"{n}_proj", (2.65, y), role, f"(B, {length}, H · d_head)", (1.6, 0.62)
    )
    split = diagram.box("split_heads", (4.6, y), role, f"(B, H, {length}, d_head)", (1.55, 0.62))
    diagram.arrow(x_box if n == "q" else context_box, projection)
    diagram.arrow(projection, split, role)
    diagram.arrow(split, attention, role)
diagram.arrow(mask_box, attention, "mask")
diagram.arrow(attention, merge, "output")
diagram.arrow(merge, o_box, "output")
diagram.show(
    "Block diagram of multi-head attention without a loop. q_proj of x, k_proj and v_proj of the "
    "context give (B, L, H * d_head) each; split_heads makes (B, H, L, d_head) of each; "
    "masked_attention runs all heads at once under a mask (B, H, L_q, L_k); merge_heads gives "
    "(B, L_q, H * d_head), and o_proj (B, L_q, d_model)."
)

# %% [markdown]
# `@` multiplies the last two axes and repeats that for all axes before them. Before `(L, d_head)`
# there are now `B` and `H`: attention treats the heads like sentences of a batch. The next cell
# traces it, then doubles the keys of head 1.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_where_heads_meet",
    "The keys of head 1 are doubled. What moves?",
    {
        "all heads' outputs, and all of the result": "Each head has a softmax of its own.",
        "head 1's output, and all of the result": "`o_proj` is the only place where numbers of "
        "different heads meet.",
        "head 1's output, and a third of the result": "`o_proj` mixes: each of its outputs reads "
        "all heads.",
    },
    right="head 1's output, and all of the result",
)

# %%
q_proj, k_proj, v_proj = (nn.Linear(7, 12) for _ in range(3))  # d_model=7, H=3, d_head=4
o_proj = nn.Linear(12, 7)
batch = torch.randn(2, 5, 7)  # (B, L, d_model)
q, k, v = (split_heads(proj(batch), 3) for proj in (q_proj, k_proj, v_proj))  # (B, H, L, d_head)
with trace_shapes(B=2, L=5, H=3, d_head=4):
    weights = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), dim=-1)
    before = weights @ v
louder = k.clone()
louder[:, 1] *= 2.0  # (B, H, L_k, d_head): the keys of head 1
after, _ = masked_attention(q, louder, v)  # (B, H, L_q, d_head)
print("head output moved:", ((after - before).abs().amax(dim=(0, 2, 3)) > 1e-6).tolist())
moved = (o_proj(merge_heads(after)) - o_proj(merge_heads(before))).abs().amax(dim=(0, 1)) > 1e-6
print("result moved:     ", moved.tolist())

# %% [markdown]
# Four details.
#
# - **The scale** is `sqrt(d_head)`. After the cut `q.shape[-1]` is `d_head`; before it, it was
#   `H * d_head`.
# - **The mask** broadcasts to `(B, H, L_q, L_k)`: a padding mask comes as `padding[:, None]`, and
#   with `B = H` no error reminds you (lesson 03, section 3).
# - **Cross-attention:** only the queries come from `x`. Cut each with its own length.
# - **Devices:** a tensor that you make starts on the processor, unless you say `device=x.device`.
#   The checks run your module on another device (lesson 03, section 3).
#
# *A good place to stop. `split_heads`, `merge_heads` and `MultiHeadAttention` are within reach.*
#
# ## 5. einsum: axes with names
#
# **Goal:** write attention over heads in letters, and read which sum each line makes.
#
# `torch.einsum` names every axis of a product by a letter:
#
# 1. Numbers whose letters agree are multiplied.
# 2. A letter **missing on the right is summed over**.
# 3. The letters on the right give the axes of the result, in that order.
#
# **Predict.** In each line below, the second entry is the letter that disappears. Work out the
# result by hand before you run the cell.

# %%
a = torch.tensor([[1, 2, 3], [4, 5, 6]])  # axes i, j
b = torch.tensor([[1, 0], [0, 1], [1, 1]])  # axes j, k
rows = [
    ["ij->ji", "nothing", "transpose", torch.einsum("ij->ji", a).tolist()],
    ["ij->i", "j", "row sums", torch.einsum("ij->i", a).tolist()],
    ["ij,jk->ik", "j", "matrix product", torch.einsum("ij,jk->ik", a, b).tolist()],
    ["ij,ij->i", "j", "dot products of rows", torch.einsum("ij,ij->i", a, a).tolist()],
]
table(rows, ["letters", "summed over", "it is", "result"])

# %% [markdown]
# Now keep each head's matrix for itself, in one tensor: `w_q` with axes `(H, d_model, d_head)`,
# letters `h d e`. For one sentence `x`, letters `l d`, the queries of all heads are
#
# $$q_{hle} = \sum_d x_{ld}\, w_{hde} \qquad\text{written}\qquad \texttt{ld,hde->hle}.$$
#
# **Predict.** Compute one entry by hand: head 1, token 0, number 1. That is row 0 of `x` times
# column 1 of head 1's matrix.

# %%
x = torch.tensor([[1, 2, 3], [0, 1, 0]])  # (L, d_model)
w_q = torch.stack([head_0.T, head_1.T])  # (H, d_model, d_head)   the matrices of section 1
q = torch.einsum("ld,hde->hle", x, w_q)  # (H, L, d_head)
print("head 1's matrix:", w_q[1].tolist(), "  einsum:", q[1, 0, 1].item())
print("token 0, both heads:", q[:, 0].tolist(), "  the tall matrix gave", (tall @ x[0]).tolist())

# %% [markdown]
# Nothing was cut: the head is a letter of its own, and cannot be confused with another axis. Note
# the `.T`: `w_q` has the input first, `nn.Linear` the output. So `w_q[h]` is *head h's rows of
# `q_proj.weight`, transposed*.
#
# Joining and `o_proj` become one line too. The heads' results are `h l e`, and `w_o` is
# `(H, d_head, d_model)`, letters `h e d`. (`unflatten(0, (H, d_head))` cuts axis 0 in two.)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_einsum_sum",
    "`hle,hed->ld`: which letters are summed over, and what does that mean?",
    {
        "`e`: each head is projected": "That too, but h is missing on the right as well.",
        "`h` and `e`: heads are projected and added up": "Each head meets its own block of "
        "`o_proj`, and the contributions are added.",
        "`h`: the heads are averaged": "A sum, not an average; and e is summed over too.",
    },
    right="`h` and `e`: heads are projected and added up",
)

# %%
torch.manual_seed(2)
H, d_head, d_model = 3, 4, 7
results = torch.randn(H, 5, d_head)  # (H, L, d_head)
o_weight = torch.randn(d_model, H * d_head)  # (d_model, H * d_head), as in nn.Linear
w_o = o_weight.T.unflatten(0, (H, d_head))  # (H, d_head, d_model)
join_then_project = F.linear(joins["right"](results), o_weight)  # (L, d_model)
one_by_one = sum(results[h] @ w_o[h] for h in range(H))  # (L, d_model)
in_letters = torch.einsum("hle,hed->ld", results, w_o)  # (L, d_model)
for name, each in {"head by head, added up": one_by_one, "einsum": in_letters}.items():
    print(f"{name:23} as join and o_proj:", torch.allclose(each, join_then_project, atol=1e-4))
columns = o_weight[:, d_head : 2 * d_head]  # (d_model, d_head)
print("w_o[1] is columns d_head .. 2 d_head - 1 of o_proj.weight:", torch.equal(w_o[1], columns.T))

# %% [markdown]
# Two slips with letters raise no error: a letter forgotten on the right, and one letter for two
# axes.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_einsum_slip",
    "`ld,hde->le` forgot the `h` on the right. What is the result?",
    {
        "an error": "Any letter may be missing on the right.",
        "the queries of head 0": "No head is preferred: a missing letter is summed over.",
        "the sum of all heads' queries": "h is missing on the right, so it is summed over.",
    },
    right="the sum of all heads' queries",
)

# %%
x, w = torch.randn(5, 7), torch.randn(3, 7, 4)
right = torch.einsum("ld,hde->hle", x, w)  # (H, L, d_head)
lost = torch.einsum("ld,hde->le", x, w)  # (L, d_head)
print("h forgotten: the heads are added up:", torch.allclose(lost, right.sum(dim=0), atol=1e-4))
scores = torch.einsum("hqe,hke->hqk", right, right)  # (H, L_q, L_k)
diagonal = torch.einsum("hle,hle->hl", right, right)  # (H, L)
same = torch.allclose(diagonal, scores.diagonal(dim1=-2, dim2=-1), atol=1e-4)
print("queries and keys both l: only the diagonal of the scores:", same)

# %% [markdown]
# Query and key positions need two letters, even where both are `L` long. A batch needs one more, in
# front, on both sides of the arrow: what stands on the right is not summed, so each sentence keeps
# to itself.
#
# **Predict.** Two sentences, each with one query and two keys. Compute the four scores by hand.
# What comes out if the `b` on the right is forgotten?

# %%
q = torch.tensor([[[1, 2]], [[3, 0]]])  # (B, L_q, d_head)
k = torch.tensor([[[1, 0], [0, 1]], [[1, 1], [2, 5]]])  # (B, L_k, d_head)
print("bqe,bke->bqk, each sentence by itself:", torch.einsum("bqe,bke->bqk", q, k).tolist())
print("bqe,bke->qk,  sentences added up:     ", torch.einsum("bqe,bke->qk", q, k).tolist())

# %% [markdown]
# *A good place to stop.*
#
# ## 6. Carrying weights over
#
# **Goal:** move weights between implementations, and know which mistakes stay silent.
#
# Two implementations can be compared only with the *same weights*. A module gives its weights as a
# `state_dict`, a dictionary from names to tensors; `load_state_dict` takes one.

# %%
loop = MultiHeadLoop(6, 2, bias=True)  # d_model=6, H=2, so d_head=3
theirs = nn.MultiheadAttention(6, 2, bias=True, batch_first=True)
rows = [["MultiHeadLoop", name, tuple(t.shape)] for name, t in loop.state_dict().items()]
rows += [["nn.MultiheadAttention", name, tuple(t.shape)] for name, t in theirs.state_dict().items()]
table(rows, ["module", "name", "shape"])

# %% [markdown]
# (`batch_first=True` makes PyTorch's module take `(B, L, d_model)`.)
#
# **From the loop to one matrix:** the names tell what to collect, section 1 in which order. Here
# for the values of a loop without biases.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_strict",
    "`load_state_dict` gets all names and shapes right, but head 1's rows first. What happens?",
    {
        "an error": "It compares names and shapes. Both are right.",
        "a warning": "Nothing in a weight says which head it belongs to.",
        "nothing: it loads": "The order is a convention. Only the results can tell.",
    },
    right="nothing: it loads",
)

# %%
state = MultiHeadLoop(6, 2, bias=False).state_dict()
target = nn.Linear(6, 6, bias=False)
in_order = torch.cat([state[f"heads.{i}.v_proj.weight"] for i in (0, 1)], dim=0)
reversed_order = torch.cat([state[f"heads.{i}.v_proj.weight"] for i in (1, 0)], dim=0)
for name, give in {
    "in order": {"weight": in_order},
    "head 1 first": {"weight": reversed_order},
    "a bias too many": {"weight": in_order, "bias": torch.zeros(6)},
    "nothing": {},
}.items():
    try:
        print(f"{name}:", target.load_state_dict(give))
    except RuntimeError as error:
        print(f"{name}:", str(error).split("\n\t")[1])
print("names with bias=False:", [name for name in state if "bias" in name] or "no bias among them")

# %% [markdown]
# So code that carries weights over asks the dictionary whether there is a bias. And the tensors in
# a `state_dict` *are* the module's weights: `cat` makes a new tensor, a slice or a chunk does not.
# Read them, do not write into them.
#
# **From PyTorch's module.** `in_proj_weight` is three times as tall as wide: queries, keys and
# values of all heads in one product. An experiment shows which block of rows is which: make one
# zero. If all queries or all keys are zero, all scores are equal.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_blocks",
    "Suppose the blocks are queries, keys, values, in this order. Which one, set to zero, leaves "
    "nothing of the output but the bias of `out_proj`?",
    {
        "the first": "Zero queries make equal scores: an even average of the values is left.",
        "the second": "Zero keys make equal scores: an even average of the values is left.",
        "the last": "These are the values. Without them there is nothing to average.",
    },
    right="the last",
)

# %%
probe = torch.randn(1, 4, 6)  # (B, L, d_model)
for number in range(3):
    module = copy.deepcopy(theirs)
    with torch.no_grad():
        module.in_proj_weight.chunk(3, dim=0)[number].zero_()  # a chunk is the module's own memory
        output, weights = module(probe, probe, probe)  # (B, L, d_model), (B, L_q, L_k)
    even = torch.allclose(weights, torch.full_like(weights, 1 / 4))
    silent = torch.allclose(output, module.out_proj.bias.expand_as(output), atol=1e-6)
    print(f"block {number} zero: all weights equal {even}, output is nothing but the bias {silent}")
print("biases of a fresh module:", theirs.in_proj_bias.unique().tolist())

# %% [markdown]
# Queries first, then keys, then values. (Which of the first two is which, a comparison of outputs
# tells.) And one more trap: the biases of a fresh module are all zero. Forgotten biases are not
# noticed before the first training step. So put random numbers into them before you compare.
#
# **The order of heads, everywhere** (`n` stands for `q`, `k` or `v`):
#
# | weight | shape | where head h is |
# |---|---|---|
# | `heads.{h}.n_proj.weight` (loop) | `(d_head, d_model)` | the whole tensor |
# | `n_proj.weight` (fused) | `(H * d_head, d_model)` | *rows* `h * d_head .. (h+1) * d_head - 1` |
# | `n_proj.bias` (fused) | `(H * d_head,)` | the same places |
# | `o_proj.weight` (loop, fused) | `(d_model, H * d_head)` | *columns* in the same places |
# | `o_proj.bias` | `(d_model,)` | nowhere: it belongs to no head |
# | `in_proj_weight` (PyTorch) | `(3 * d_model, d_model)` | rows of q, k, v; each head 0 first |
# | `w_q[h]`, `w_o[h]` (einsum) | one matrix | head h's rows or columns, transposed |
#
# *A good place to stop. All six exercises are within reach.*
#
# ## 7. The chain: five implementations, one function
#
# **Goal:** see that outputs *and* gradients agree, and where PyTorch's module follows other rules.
#
# Loop, fused, einsum, `nn.MultiheadAttention`, and SDPA (which replaces one line,
# `masked_attention`). The weights are carried by `fuse_heads` and `from_torch`, yours if you have
# written them. A gradient has the shape of its weight, so the same functions carry gradients.
#
# Cases: self- and cross-attention, with and without a mask (random, no row empty), with and without
# biases, `H * d_head` equal to `d_model` or not. Some links cannot follow everywhere: our einsum
# has no biases and one input, PyTorch's module no `d_head` of its own.


# %% jupyter={"source_hidden": true}
B, H, d_model, L_q, L_k = 2, 3, 12, 5, 7


def make_case(case, dtype):
    """Inputs, a mask and the arguments of a module; the input requires a gradient."""
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(B, L_q, d_model, generator=generator, dtype=dtype)
    context = torch.randn(B, L_k, d_model, generator=generator, dtype=dtype)
    context = x if case["input"] == "self" else context
    mask = None
    if case["mask"]:
        mask = torch.rand(B, H, L_q, context.shape[1], generator=generator) > 0.5
        mask[..., 0] = True  # key 0 is open to all: no row is empty
    d_head = d_model // H if case["d_head"] == "d_model / H" else 6
    return x.requires_grad_(), context, mask, (d_model, H, d_head, case["bias"])


def with_random_biases(module, dtype):
    """The module in this dtype; fresh biases may be zero, and would then hide a mistake."""
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for name, each in module.named_parameters():
            if "bias" in name:
                each.copy_(torch.randn(each.shape, generator=generator))
    return module.to(dtype)


def gradients(output, wanted):
    """Of the output times a fixed random direction, added up."""
    direction = torch.randn(output.shape, generator=torch.Generator().manual_seed(5))
    return torch.autograd.grad((output * direction.to(output.dtype)).sum(), wanted)


def carried(transfer, module, grads):
    """What ``transfer`` makes of the module's gradients, in the place of its weights."""
    twin = copy.deepcopy(module)
    with torch.no_grad():
        for parameter, grad in zip(twin.parameters(), grads, strict=True):
            parameter.copy_(grad)
    return transfer(twin)


# %% jupyter={"source_hidden": true}
def difference(some, reference):
    """Largest difference, relative to the largest value."""
    largest = max(each.abs().max() for each in reference)
    apart = max((a - b).abs().max() for a, b in zip(some, reference, strict=True))
    return (apart / largest).item()


def compare(transfer, other, run, x, context, mask, arguments):
    """Differences of outputs and gradients between a module and the fused form of it."""
    ours = MultiHeadAttention(*arguments).to(x.dtype)
    ours.load_state_dict(transfer(other))
    here, there = ours(x, context, mask), run(other)  # (B, L_q, d_model)
    grad_x, *grads = gradients(there, [x, *other.parameters()])
    names = [name for name, _ in ours.named_parameters()]
    own_x, *own = gradients(here, [x, *ours.parameters()])
    moved = carried(transfer, other, grads)
    theirs = [grad_x, *(moved[name] for name in names)]
    return difference([there], [here]), difference(theirs, [own_x, *own])


def compare_einsum(x, mask, arguments):
    """As ``compare``; the small matrices are views of the fused weights, so gradients flow back."""
    ours = MultiHeadAttention(*arguments).to(x.dtype)
    shape = (arguments[1], arguments[2])
    q, k, v = (
        each.weight.unflatten(0, shape).transpose(1, 2)
        for each in (ours.q_proj, ours.k_proj, ours.v_proj)
    )  # each (H, d_model, d_head)
    o = ours.o_proj.weight.T.unflatten(0, shape)  # (H, d_head, d_model)
    here, there = ours(x, mask=mask), multi_head_einsum(x, q, k, v, o, mask)
    both = [gradients(each, [x, *ours.parameters()]) for each in (there, here)]
    return difference([there], [here]), difference(*both)


def compare_sdpa(x, context, mask, arguments):
    """As ``compare``, of the core alone."""
    split = [split_heads(source, H) for source in (x, context, context)]
    q, k, v = (each.detach().clone().requires_grad_() for each in split)  # (B, H, L, d_head)
    here = masked_attention(q, k, v, mask)[0]
    there = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    both = [gradients(each, [q, k, v]) for each in (there, here)]
    return difference([there], [here]), difference(*both)


# %% [markdown]
# (The folded cells make the inputs of a case, carry weights from one layout to the other, and
# compare outputs and gradients, which `torch.autograd.grad` returns.) A case goes through every
# link that can follow:


# %%
def all_links(case, dtype):
    """(link, difference of the outputs, of the gradients) for the links that can follow."""
    x, context, mask, arguments = make_case(case, dtype)
    loop = with_random_biases(MultiHeadLoop(*arguments), dtype)
    yield (
        "loop",
        compare(fuse_heads, loop, lambda m: m(x, context, mask), x, context, mask, arguments),
    )
    if case["d_head"] == "d_model / H":
        theirs = nn.MultiheadAttention(d_model, H, bias=case["bias"], batch_first=True)
        options = {"need_weights": False}
        options["attn_mask"] = None if mask is None else ~mask.flatten(0, 1)
        yield "nn.MultiheadAttention", compare(
            from_torch, with_random_biases(theirs, dtype),
            lambda m: m(x, context, context, **options)[0], x, context, mask, arguments,
        )  # fmt: skip
    if case["input"] == "self" and not case["bias"]:
        yield "einsum", compare_einsum(x, mask, arguments)
    yield "SDPA, in place of masked_attention", compare_sdpa(x, context, mask, arguments)


# %% [markdown]
# **Predict.** How large will the largest relative difference be in float32? In float64?

# %%
kinds = {
    "input": ("self", "cross"), "mask": (False, True), "bias": (False, True),
    "d_head": ("d_model / H", "its own"),
}  # fmt: skip
cases = [dict(zip(kinds, values, strict=True)) for values in product(*kinds.values())]
found = {}  # link -> dtype -> list of pairs
for case, dtype in product(cases, (torch.float32, torch.float64)):
    for link, pair in all_links(case, dtype):
        found.setdefault(link, {}).setdefault(dtype, []).append(pair)
table(
    [
        [link, f"{len(by_dtype[torch.float64])} of {len(cases)}",
         *(f"{max(each):.0e}" if max(each) else "0"
           for pairs in by_dtype.values() for each in zip(*pairs, strict=True))]
        for link, by_dtype in found.items()
    ],
    ["compared with fused", "cases", "float32 outputs", "gradients", "float64 outputs",
     "gradients"],
    caption="Largest relative difference over all cases that the link can follow",
)  # fmt: skip

# %% [markdown]
# Rounding, and nothing but rounding. The course allows 1e-5 and 1e-10. Five ways of writing, one
# function, one gradient.
#
# ### Heads have no names
#
# Head 0 is head 0 only because its rows and columns stand first. Reorder the heads in some of the
# projections: blocks of rows in `q_proj`, `k_proj`, `v_proj`, blocks of *columns* in `o_proj`.
# (`index_select(dim, order)` takes the blocks of an axis in the given order.)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_reorder",
    "Which reordering leaves the output as it was?",
    {
        "q, k and v": "`o_proj` then reads each head with the block of another.",
        "v and o": "The weights of head 0, from q and k, then average the values of another head.",
        "q, k, v and o": "All four agree, and `o_proj` adds the heads up: a sum has no order.",
    },
    right="q, k, v and o",
)

# %%
WITH_BIASES = {"input": "self", "mask": False, "bias": True, "d_head": "d_model / H"}
x, context, _, arguments = make_case(WITH_BIASES, torch.float64)
ours = with_random_biases(MultiHeadAttention(*arguments), torch.float64)


def reordered(names):
    """The module, with heads 0, 1, 2 of the named projections in the order 2, 0, 1."""
    twin = copy.deepcopy(ours)
    with torch.no_grad():
        for name, each in twin.named_parameters():
            if name[0] in names and name != "o_proj.bias":
                dim = 1 if name == "o_proj.weight" else 0
                blocks = each.unflatten(dim, (H, -1))
                each.copy_(blocks.index_select(dim, torch.tensor([2, 0, 1])).flatten(dim, dim + 1))
    return twin


rows = []
for names in ("qkvo", "qkv", "qk", "vo", "q"):
    apart = difference([reordered(names)(x)], [ours(x)])
    rows.append([", ".join(names), "unchanged" if apart < 1e-12 else f"off by {apart:.0%}"])
table(rows, ["heads reordered in", "output"])

# %% [markdown]
# So "head 3" of one training run has nothing to do with "head 3" of another. And this freedom is
# the reason why a wrong order goes unnoticed until weights are exchanged.
#
# One oddity among the gradients. The bias of `k_proj` adds the same vector $b$ to every key, so a
# row of scores becomes $q \cdot k_j + q \cdot b$.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_key_bias",
    "What is the gradient of the bias of `k_proj`?",
    {
        "as large as that of `q_proj`": "The query's bias adds something else to each score, since "
        "each key is another.",
        "zero, up to rounding": "All scores of a row get the same number on top, and softmax does "
        "not care about that.",
        "zero, but only with a causal mask": "It holds for any mask: the same number for a whole "
        "row.",
    },
    right="zero, up to rounding",
)

# %%
biases = [f"{n}_proj.bias" for n in "qkvo"]
grads = gradients(ours(x), [ours.get_parameter(name) for name in biases])
table(
    [[name, f"{g.abs().max().item():.1g}"] for name, g in zip(biases, grads, strict=True)],
    ["parameter", "largest gradient"],
)

# %% [markdown]
# The bias of the keys has no effect, **until keys are rotated** by their position (unit 06): then
# $b$ is turned by another angle for each key.
# ([Qwen2](https://docs.pytorch.org/torchtune/main/generated/torchtune.models.qwen2.qwen2.html)
# has rotated keys and such biases.)
#
# ### Where PyTorch's module follows other rules
#
# - **`d_head`** is `d_model / H`, or an error.
# - **Masks:** `True` means "may *not* attend" (lesson 02), and one mask for each sentence and head
#   has three axes, `(B * H, L_q, L_k)`, the heads of sentence 0 first: `~mask.flatten(0, 1)`. The
#   other order, sentences of head 0 first, has the same shape and raises no error.
# - **Weights** come *averaged over the heads*, unless you say `average_attn_weights=False`. The
#   average may be a row that no head has.
# - **A row with no key:** this course gives zeros from every head, so `o_proj`'s bias. Theirs has
#   two code paths inside, with two conventions, and which one runs depends on `need_weights`:

# %%
x, context, _, arguments = make_case(WITH_BIASES, torch.float64)
theirs = with_random_biases(nn.MultiheadAttention(d_model, H, batch_first=True), torch.float64)
ours = MultiHeadAttention(*arguments).double()
ours.load_state_dict(from_torch(theirs))
gap = torch.ones(B, H, L_q, L_q, dtype=torch.bool).tril()  # (B, H, L_q, L_k)
gap[:, :, 2] = False  # query 2 may look at nothing
ways = {"ours": (ours, ours(x, mask=gap))}
for need in (False, True):
    options = {"attn_mask": ~gap.flatten(0, 1), "need_weights": need}
    ways[f"PyTorch, need_weights={need}"] = (theirs, theirs(x, x, x, **options)[0])
rows = []
for name, (module, output) in ways.items():
    others = output[:, [0, 1, 3, 4]]  # the empty row is left out of the loss
    bad = any(g.isnan().any().item() for g in gradients(others, [x, *module.parameters()]))
    is_bias = torch.allclose(output[:, 2], ours.o_proj.bias)
    rows.append([name, "the bias" if is_bias else "NaN", "yes" if bad else "no"])
table(rows, ["", "output of the empty row", "NaN in a gradient (row left out of the loss)"])

# %% [markdown]
# [pytorch#160064](https://github.com/pytorch/pytorch/issues/160064) reports the same. So the chain
# above has no empty rows: a comparison would pass or fail depending on an option.
#
# *A good place to stop.*
#
# ## Before you start the exercises
#
# | exercise | what to remember | section |
# |---|---|---|
# | `split_heads(x, num_heads)` | cut the last axis, then exchange; a batch axis in front | 2 |
# | `merge_heads(x)` | exchange, then join; `view` refuses, `reshape` copies | 3 |
# | `MultiHeadAttention(...)` | four projections; `masked_attention` on all heads at once | 1, 4 |
# | `multi_head_einsum(...)` | one letter per axis; what is missing on the right is summed | 5 |
# | `fuse_heads(loop)` | rows of head 0 first; biases only if there are any | 1, 6 |
# | `from_torch(mha)` | q, k, v in three blocks of rows; `out_proj` is `o_proj` | 6 |
#
# - `MultiHeadAttention(d_model, num_heads, d_head=None, bias=True)` takes the arguments of
#   `MultiHeadLoop`, in the same meaning, the `ValueError` included.
# - `forward(x, context=None, mask=None, return_weights=False)` returns the output, or
#   `(output, weights)` with the weights of *every* head, `(B, H, L_q, L_k)`.
# - The transfer functions return a dictionary and leave the module they are given as it was.
#
# To find out by yourself whether your answer is right:
#
# - **Named numbers:** `10 * token + slot` through `split_heads`, by eye. Not the round trip.
# - **One head at a time:** change the keys of head 1; only head 1's output may move.
# - **Future:** with a causal mask, change a later token; earlier outputs must not move.
# - **Sizes:** all different, and `num_heads * d_head` not `d_model`.
# - **Biases:** random ones, before you compare two modules.
#
# ## Check yourself

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_fused_reshape",
    "`x` is `(B, L, H * d_head)`. What is wrong with `x.reshape(B, H, L, d_head)`?",
    {
        "nothing: `reshape` copies where `view` would fail": "It reads the memory in order all the "
        "same.",
        "it raises an error": "The shape fits, so there is none.",
        "each head gets a piece of the text": "Head 0 has all numbers of the first L / H tokens.",
    },
    right="each head gets a piece of the text",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_fused_columns",
    "Where in `o_proj.weight` is head 2, with `d_head = 4`?",
    {
        "in rows 8 to 11": "Rows are the outputs; each of them reads all heads.",
        "in columns 8 to 11": "Its input is the joined heads, and the input is the second axis.",
        "in columns 2, 5, 8, ...": "Heads stand in blocks, not dealt out.",
    },
    right="in columns 8 to 11",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_fused_biases",
    "You copy weights from a fresh `nn.MultiheadAttention`, forget the biases, and the comparison "
    "passes. How?",
    {
        "its biases are zero": "Until the first training step.",
        "biases do not change the output": "Only the keys' bias does not.",
        "`load_state_dict` copies them anyway": "It copies what it is given.",
    },
    right="its biases are zero",
)

# %% [markdown]
# ## Summary
#
# | question | answer |
# |---|---|
# | one matrix | rows of head 0, head 1, ... below each other; biases in the same order |
# | cut | last axis into `(H, d_head)`, then exchange `L` and `H` |
# | join | exchange back, then join the last two axes: `reshape`, not `view` |
# | `view` alone | right shape, half a text per head; leaks or blinds |
# | einsum | a letter missing on the right is summed; `w_q[h]`, `w_o[h]` are transposed blocks |
# | the chain | loop = fused = einsum = `nn.MultiheadAttention` = SDPA, gradients too |
# | order of heads | free inside a model, fixed between models |
#
# Next: the exercises, in `workspace/04_multi_head/04_multi_head.ipynb`. Then lesson 05, on what the
# heads of real models look at.
#
# ## Appendix: is the fused form faster?
#
# **Goal:** name three reasons why loop and fused differ in time. No exercise needs this.
#
# First what is *equal*: parameters and FLOPs, the floating-point operations (a multiply-add is 2).
# A `TorchDispatchMode` sees every operation on its way to the code that carries it out.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "fused_calls",
    "H grows from 2 to 16 at fixed `d_model`. What grows?",
    {
        "the FLOPs of both": "H heads of width d_model / H: the same products in other portions.",
        "the calls of the loop": "The same work in many small portions, or in a few large ones.",
        "the parameters of the loop": "As lesson 03 counted: H drops out.",
    },
    right="the calls of the loop",
)

# %%
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode


class Calls(TorchDispatchMode):
    """Counts the operations inside a `with` block."""

    count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.count += 1
        return func(*args, **(kwargs or {}))


def both_forms(d_model, num_heads):
    """The loop and the fused form with its weights."""
    loop, fused = MultiHeadLoop(d_model, num_heads), MultiHeadAttention(d_model, num_heads)
    fused.load_state_dict(fuse_heads(loop))
    return {"loop": loop, "fused": fused}


rows = []
for num_heads in (2, 4, 8, 16):
    for name, form in both_forms(64, num_heads).items():
        parameters = sum(p.numel() for p in form.parameters())
        with torch.no_grad(), FlopCounterMode(display=False) as flops, Calls() as calls:
            form(torch.randn(1, 16, 64))
        rows.append([num_heads, name, f"{parameters:,}", f"{flops.get_total_flops():,}",
                     calls.count])  # fmt: skip
table(rows, ["H", "form", "parameters", "FLOPs", "calls"], caption="d_model = 64, L = 16, forward")

# %% [markdown]
# Now the time, forward, with 16 heads. The two take turns, in an order that changes; the ratio is
# taken within each round. In brackets are its quartiles: half of all rounds lie between them.


# %%
def timed(size):
    """Milliseconds of both forms and quartiles of loop / fused, at ``(B, L, d_model)``."""
    x = torch.randn(size)  # (B, L, d_model)
    with torch.no_grad():
        runs = {name: lambda form=form: form(x) for name, form in both_forms(size[-1], 16).items()}
        samples = timing.take_turns(runs, 0.003, 0.6, (9, 25))
    medians = {name: 1e3 * timing.quartiles(each)[1] for name, each in samples.items()}
    return medians, timing.ratios(samples["loop"], samples["fused"])


rows = []
for size in ((1, 16, 64), (1, 64, 256), (4, 256, 512)):
    milliseconds, (low, middle, high) = timed(size)
    verdict = "fused is faster" if low > 1 else "the loop is faster" if high < 1 else "no telling"
    rows.append([str(size), *(f"{ms:.2f}" for ms in milliseconds.values()),
                 f"{middle:.1f} ({low:.1f} to {high:.1f})", verdict])  # fmt: skip
table(rows, ["B, L, d_model", "loop (ms)", "fused (ms)", "loop / fused", "here"],
      caption=f"H = 16, forward. Measured on: {timing.said()}")  # fmt: skip

# %% [markdown]
# - **Calls.** Each costs some microseconds, however little it computes. At small sizes the ratio of
#   the times follows the ratio of the calls.
# - **Width.** A very narrow product cannot keep the arithmetic units of a processor busy. At
#   `d_model` 512 with 16 heads the loop's products are 32 wide; the next cell shows whether that is
#   too narrow for this machine.
# - **Weights in memory.** At the large size the fused form makes the weights of all heads at once,
#   `(B, H, L, L)`, and the loop those of one head. Large new tensors are asked from the operating
#   system each time, which fills them with zeros first
#   ([mallopt(3)](https://man7.org/linux/man-pages/man3/mallopt.3.html), `M_MMAP_THRESHOLD`).

# %%
x = torch.randn(1024, 512)  # (B * L, d_model)
matrices = {width: torch.randn(width, 512) for width in (8, 32, 128, 512)}  # (out, in)
runs = {width: lambda matrix=matrix: F.linear(x, matrix) for width, matrix in matrices.items()}
samples = timing.take_turns(runs, 0.003, 0.3, (9, 25))
rows = []
for width, each in samples.items():
    low, middle, high = (2 * 1024 * 512 * width / s / 1e9 for s in timing.quartiles(each))
    rows.append([width, f"{middle:.0f} ({high:.0f} to {low:.0f})"])
table(rows, ["width of the product", "GFLOP per second"],
      caption=f"One core. Measured on: {timing.said()}")  # fmt: skip

# %% [markdown]
# What new memory costs can be tested: tell the C library to *keep* freed memory, and change nothing
# else. `make bench` does so. Here are its kept results: time divided by that of PyTorch's module.
# "SDPA" is the course's module with `scaled_dot_product_attention` in its one line. It works as
# FlashAttention does ([Dao et al. 2022](https://arxiv.org/abs/2205.14135)), on small tiles of the
# scores: the weights never exist as a whole, so they cannot be returned, and for the backward pass
# one number per query is kept.

# %%
results = Path(attnlab.__file__).parents[2] / "tests" / "benchmarks" / "results"
bench = json.loads((results / "multi_head_speed.json").read_text(encoding="utf-8"))
rows = []
for usual, reusing in zip(bench["memory"]["as usual"], bench["memory"]["kept"], strict=True):
    if usual["mode"] == "eval forward":
        each = [run["ratio_to_torch"][name][1] for name in ("taught", "loop", "sdpa")
                for run in (usual, reusing)]  # fmt: skip
        rows.append([", ".join(map(str, usual["size"].values())), *(f"{n:.2f}" for n in each)])
table(
    rows,
    ["B, L, d_model, H", "fused", "memory kept", "loop", "memory kept", "SDPA", "memory kept"],
    caption=f"Forward, time / time of nn.MultiheadAttention(need_weights=False), medians. "
    f"{timing.said(bench['machine'])}; {bench['date']}",
)

# %% [markdown]
# With memory kept, the fused form comes close to PyTorch's as soon as the tensors are not tiny, and
# the loop's advantage at large sizes goes away: it was the price of *new* memory. With SDPA neither
# matters. (On a GPU, PyTorch keeps memory for reuse itself; there the reading and writing of the
# weights is what costs.)
