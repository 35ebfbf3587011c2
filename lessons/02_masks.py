# %% [markdown]
# # 2. Masks: which query may see which key
#
# In lesson 01 every query looked at every key. A model that writes text must not read the words
# it has yet to write, and sentences of different lengths are filled up with padding that means
# nothing. A *mask* forbids this. It is one line of code, and a wrong one raises no error.
#
# You need lesson 01 and, for section 6, the training loop of
# [where attention sits](00_where_attention_sits.ipynb). Plan 100 minutes, in nine sections of 5 to
# 20 minutes; each ends with a **Stop**, a good place for a break.

# %%
import math
import pydoc_data.topics
import re

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

from attnlab import COLOURS, heatmaps, show, table, trace_shapes
from attnlab.diagram import draw_head
from attnlab.widgets import mask_editor
from autograder import predict

torch.manual_seed(0)
torch.set_printoptions(precision=3, sci_mode=False)
torch.set_num_threads(1)  # everything here is tiny: more threads only get in each other's way

# %% [markdown]
# ## 1. One row by hand
#
# *Goal: see what a mask does to weights. 6 minutes.*
#
# Four words are keys, and `sat` asks. `down` comes *after* `sat`, so if the model is to guess the
# next word at `sat`, it must not see it.
#
# A mask is boolean. In this course, as in PyTorch's `F.scaled_dot_product_attention` (SDPA),
# **`True` means "may attend"**. `~mask` turns it around, and `masked_fill(where, value)` returns
# a copy with `value` wherever `where` is True.

# %%
words = ["the", "cat", "sat", "down"]
scores = torch.tensor([1.0, 2.0, 0.0, 3.0])  # (L_k,)   the query is "sat"
mask = torch.tensor([True, True, True, False])  # (L_k,)
masked_scores = scores.masked_fill(~mask, float("-inf"))  # (L_k,)
table([["score", *scores], ["mask", *mask], ["masked score", *masked_scores]], ["", *words])

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_ratio",
    "Without a mask, `cat` weighs 2.72 times as much as `the`. What does the mask change?",
    {
        "only `down`: its weight becomes 0": "Then the row would no longer sum to one.",
        "the others grow, and keep their ratio": "The exponential of minus infinity is 0, so "
        "`down` drops out of the sum that all are divided by, and nothing else changes.",
        "the others grow by the same amount": "They are divided by the same smaller sum: a "
        "factor, not an amount.",
    },
    right="the others grow, and keep their ratio",
)

# %%
weights, masked_weights = scores.softmax(-1), masked_scores.softmax(-1)  # (L_k,)
table(
    [
        ["no mask", *weights, weights[1] / weights[0]],
        ["masked", *masked_weights, masked_weights[1] / masked_weights[0]],
        ["softmax of the first three", *scores[:3].softmax(-1), "", ""],
    ],
    ["weights", *words, "cat : the"],
)

# %% [markdown]
# **A masked softmax is the softmax over the allowed keys alone.** In the head of lesson 01, the
# mask comes in here:

# %% jupyter={"source_hidden": true}
draw_head(masked=True)

# %% [markdown]
# **Stop.** -inf before the softmax, and the rest follows.
#
# ## 2. Causal masks
#
# *Goal: the right triangle, also when there are fewer queries than keys. 16 minutes.*
#
# *Causal*: a query at position `i` sees the keys at `0 .. i`, itself and the past. A column of
# query positions compared with a row of key positions makes the table.

# %%
key_positions = torch.tensor([0, 1, 2, 3])  # (L_k,)
query_positions = torch.tensor([[0], [1], [2], [3]])  # (L_q, 1)
causal = key_positions <= query_positions  # (L_q, 1) against (L_k,) -> (L_q, L_k)
causal

# %% [markdown]
# Change the mask below: click a cell, or move with Tab and press Space. Make a mask under which
# `down` sees only `the` and itself. Then forbid a whole row: what becomes of its weights?

# %%
all_scores = torch.tensor(
    [[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 2.0, 0.0], [1.0, 2.0, 0.0, 3.0], [2.0, 0.0, 1.0, 1.0]]
)  # (L_q, L_k)
mask_editor(all_scores, causal, words)

# %% [markdown]
# Hatched cells are forbidden, and their weight is exactly 0. Their share goes to the rest of the
# row. If there is no rest, every weight is NaN, "not a number"; section 8 is about that.
#
# The usual slip is one diagonal. `tril(d)` keeps the lower left triangle, up to `d` places right
# of the diagonal.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_off_by_one",
    "The model is to guess the next word at every position. Which mask shows it the answer?",
    {
        "`tril(-1)`": "It is too strict: no word sees itself, and the first row is empty.",
        "`tril(0)`": "It is the right one: 1, 2, 3, 4 keys from the first row to the last.",
        "`tril(1)`": "Every word sees its successor, which is what it has to guess.",
    },
    right="`tril(1)`",
)

# %%
square = torch.ones(4, 4, dtype=torch.bool)  # (L_q, L_k)
three = {f"tril({d})": square.tril(d) for d in (-1, 0, 1)}
heatmaps(
    three, words, words, title="One diagonal too few, right, one too many", mask=three, digits=0,
    caption="",
)  # fmt: skip

# %% [markdown]
# Section 6 trains a model with each of the last two.
#
# Lesson 01 found that without a mask two equal tokens get equal outputs.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_two_the",
    "Tokens 0 and 3 are the same vector, no positions are added, and the mask is causal. Are "
    "their outputs the same?",
    {
        "yes, as without a mask": "Their queries are equal, but they no longer see the same keys.",
        "no, the second one sees more": "Token 0 sees itself alone, token 3 sees four.",
        "no, but only after training": "The next cell has no trained weights at all.",
    },
    right="no, the second one sees more",
)

# %%
x = torch.randn(5, 4)  # (L, d_model)
x[3] = x[0]
for causal_too in (False, True):
    output = F.scaled_dot_product_attention(x, x, x, is_causal=causal_too)  # (L, d_model)
    print(f"causal {causal_too!s:5} token 0 {output[0]}  token 3 {output[3]}")

# %% [markdown]
# ### When `L_q` and `L_k` differ
#
# A program that writes text reads the prompt once and keeps its keys and values. Then a *chunk* of
# new tokens arrives. Only these ask, and all tokens can be looked at. Here 5 tokens are kept and
# 2 are new.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_chunk_keys",
    "How many keys may the two new tokens see?",
    {
        "1 and 2": "That counts the queries from 0, as if nothing had been kept.",
        "6 and 7": "They stand at positions 5 and 6, and see all before them and themselves.",
        "7 and 7": "The first of them must not see the second.",
    },
    right="6 and 7",
)

# %%
chunk_words = ["the", "cat", "sat", "down", "and", "fell", "asleep"]
query_positions = torch.tensor([[5], [6]])  # (L_q, 1)   the new tokens come last
bottom_right = torch.arange(7) <= query_positions  # (L_q, L_k)
top_left = torch.ones(2, 7, dtype=torch.bool).tril()  # (L_q, L_k)
alignments = {"top-left": top_left, "bottom-right": bottom_right}
heatmaps(
    alignments, chunk_words[5:], chunk_words, title="Top-left hides nearly everything",
    mask=alignments, digits=0, caption="",
)  # fmt: skip

# %% [markdown]
# The last query sees the last key: the corner of the triangle is at the **bottom right**, and the
# first query stands at position `L_k - L_q`. The other habit, **top-left**, counts queries from 0.
# SDPA does that with `is_causal=True`
# ([pytorch#108108](https://github.com/pytorch/pytorch/issues/108108)). With `L_q == L_k` both are
# the same, so a test on squares cannot tell them apart.
#
# **Predict.** We run all seven tokens under a square causal mask, and then the last two as a
# chunk. With which of the three masks below does the chunk give the same outputs?

# %%
q, k, v = torch.randn(3, 7, 4)  # three of (L, d_head)
whole = F.scaled_dot_product_attention(q, k, v, is_causal=True)  # (7, d_head)
chunks = {
    name: F.scaled_dot_product_attention(q[5:], k, v, attn_mask=chunk_mask)
    for name, chunk_mask in alignments.items()
}
chunks["is_causal=True"] = F.scaled_dot_product_attention(q[5:], k, v, is_causal=True)
table(
    [(name, f"{(chunk - whole[5:]).abs().max().item():.1e}") for name, chunk in chunks.items()],
    ["mask of the chunk", "largest difference from the whole run"],
)

# %% [markdown]
# A mask made for the chunk alone is a real bug, in
# [meta-llama/llama#899](https://github.com/meta-llama/llama/issues/899): there it was square, did
# not fit, and raised an error. Top-left fits.
#
# With *more* queries than keys the rule of positions stays.
#
# **Predict.** `L_q = 5`, `L_k = 3`, the last query sees the last key. Which rows have no key?

# %%
query_positions = torch.tensor([[-2], [-1], [0], [1], [2]])  # (L_q, 1)   from L_k - L_q on
(torch.arange(3) <= query_positions).int()

# %% [markdown]
# The first two stand before the first key. That is no mistake; section 8 says what they get.
#
# **Stop.** Key position <= query position, and the last query sees the last key.
#
# ## 3. Padding masks
#
# *Goal: from lengths to a mask, on the right axis. 14 minutes.*
#
# Three sentences of lengths 5, 3 and 4 in one batch. The short ones are filled up with `<pad>`,
# at which no query should look. Again positions are compared: is the key's below the length?

# %%
lengths = [5, 3, 4]
padding = torch.stack([torch.arange(5) < length for length in lengths])  # (B, L_k)
padding

# %% [markdown]
# (The exercise wants it without a loop: a column of lengths against a row of positions.)
#
# Scores are `(B, L_q, L_k)`, the mask is `(B, L_k)`. Broadcasting lines up shapes **from the
# right** and stretches axes of size 1.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_broadcast",
    "Scores (3, 2, 5), that is B = 3, L_q = 2, L_k = 5. Can a mask (3, 5) be applied?",
    {
        "yes: both have sentences and keys": "PyTorch does not know names. From the right, 5 meets "
        "5, and then 3 sentences meet 2 queries.",
        "no: an error": "From the right, 5 meets 5 and 3 meets 2. The query axis must be put in, "
        "with size 1: (B, 1, L_k).",
        "yes, but it masks the wrong places": "That happens when B and L_q are equal. Here they "
        "are not, and the shapes do not fit.",
    },
    right="no: an error",
)

# %%
batch_scores = torch.randn(3, 2, 5)  # (B, L_q, L_k)
try:
    batch_scores.masked_fill(~padding, float("-inf"))
except RuntimeError as error:
    print("(3, 5):   ", error)
fitting = batch_scores.masked_fill(~padding[:, None, :], float("-inf"))  # (B, L_q, L_k)
print("(3, 1, 5):", tuple(fitting.shape))

# %% [markdown]
# Two masks must both allow a key, so they are joined by `&`: a causal `(L_q, L_k)`, the same for
# every sentence, and padding `(B, 1, L_k)`, the same for every query.

# %%
triangle = torch.ones(5, 5, dtype=torch.bool).tril()  # (L_q, L_k)
padding_mask_3d = padding[:, None, :]  # (B, 1, L_k)
with trace_shapes(B=3, L=5):
    combined = padding_mask_3d & triangle  # (B, L_q, L_k)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_pad_query",
    'In the second sentence, "it ran off <pad> <pad>", what may the first `<pad>` look at?',
    {
        "nothing": "Padding is forbidden as a key. As a query it gets an output that nobody "
        "reads: the loss leaves it out.",
        "the three real words": "Columns are forbidden, not rows. Its output is useless, and left "
        "out of the loss.",
        "the three words and itself": "It is a `<pad>` key, too, and these are forbidden to all.",
    },
    right="the three real words",
)

# %%
tokens = ["it", "ran", "off", "<pad>", "<pad>"]
parts = {"causal": triangle, "padding": padding_mask_3d[1].broadcast_to(5, 5), "both": combined[1]}
heatmaps(
    parts, tokens, tokens, title="Second sentence: the triangle stops at its length", mask=parts,
    digits=0, caption="",
)  # fmt: skip

# %% [markdown]
# The shape error above was luck. Suppose `B` and `L_q` are equal, and someone squeezes the axis of
# size 1 away.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_squeezed",
    "B = 3, L_q = 3, L_k = 5, and the mask is (3, 5). By which length is query 1 of sentence 0 cut "
    "off? (The lengths are 5, 3, 4.)",
    {
        "none: an error": "3 meets 3 now: sentences are read as queries.",
        "5, that of its own sentence": "The rows of the mask are read as queries, in every "
        "sentence.",
        "3, that of sentence 1": "Row 1 of the mask has become query 1. Sizes that all differ "
        "turn this into an error; those of the checks do.",
    },
    right="3, that of sentence 1",
)

# %%
even = torch.zeros(3, 3, 5)  # (B, L_q, L_k)   equal scores: rows spread evenly
squeezed = even.masked_fill(~padding, float("-inf")).softmax(-1)  # (B, L_q, L_k)
print("keys that the queries of sentence 0 see:", (squeezed[0] > 0).sum(-1).tolist())

# %% [markdown]
# The other wrong axis is `padding[:, :, None]`, `(B, L_q, 1)`: padding on the queries. A test that
# needs no look at the mask: **change what stands at the padding; real outputs must not move.**
#
# **Predict.** Which of the two passes?

# %%
x = torch.randn(3, 5, 4)  # (B, L, d_model)   used as q, k and v alike
changed = x.clone()  # a copy
changed[~padding] += 1.0  # at the padding only
for name, pad_mask in {"keys": padding[:, None, :], "queries": padding[:, :, None]}.items():
    before, after = (
        F.scaled_dot_product_attention(each, each, each, attn_mask=pad_mask)
        for each in (x, changed)
    )
    moved = (after - before)[padding].abs().max().item()  # real words only
    print(f"padding put on the {name:8} real outputs moved by {moved:.3f}")

# %% [markdown]
# ### The opposite meaning of `True`
#
# In PyTorch's older `nn.MultiheadAttention`, **`True` means "may not attend"**.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_opposite",
    "We hand it our causal mask as it is. What does the *last* word see?",
    {
        "everything": "With our meaning, yes. Here its row of `True` forbids everything.",
        "only itself": "Its row is `True` for all keys, itself among them.",
        "nothing: its row is NaN": "All others see the future only, and the last has none. NaN in "
        "the last row and a clairvoyant rest: the mask is inverted.",
    },
    right="nothing: its row is NaN",
)

# %%
module = nn.MultiheadAttention(embed_dim=4, num_heads=1, batch_first=True)  # one head
sentence = torch.randn(1, 4, 4)  # (B, L, d_model)
for name, attn_mask in {"mask": causal, "~mask": ~causal}.items():
    _, seen = module(sentence, sentence, sentence, attn_mask=attn_mask)  # (B, L_q, L_k)
    print(f"attn_mask={name}\n{seen[0].detach()}")

# %% [markdown]
# ### On which device?
#
# A tensor lives on a *device*: the processor's memory, or a GPU. `torch.arange` and `torch.ones`
# make theirs on the CPU unless told otherwise, and two devices do not mix. (`meta`, a device that
# holds shapes and no numbers, shows it without a GPU.) So make a mask where the tensors are that
# it came from.

# %%
elsewhere = torch.tensor([[5], [3], [4]], device="meta")
try:
    torch.arange(4) + elsewhere
except RuntimeError as error:
    print(error)
print("device=elsewhere.device:", (torch.arange(4, device=elsewhere.device) + elsewhere).device)

# %% [markdown]
# **Stop.** Position < length, shape `(B, 1, L_k)`; columns are forbidden, not rows.
#
# ## 4. Three more masks you will meet
#
# *Goal: see that a mask is any comparison of positions. 5 minutes.*
#
# **Packed documents.** Instead of padding, several texts stand in one row, one after another.
# Each token has the number of its document.
#
# **Predict.** Before each cell: which cells of the 6 x 6 table are allowed?

# %%
document = torch.tensor([0, 0, 1, 1, 1, 2])  # (L,)
same_document = document == document[:, None]  # (L_q, L_k)
(torch.ones(6, 6, dtype=torch.bool).tril() & same_document).int()

# %% [markdown]
# **Sliding window.** Each query sees the last 3 keys only: less work on long texts, as in
# [Mistral 7B](https://arxiv.org/abs/2310.06825), whose window is 4096.

# %%
distance = torch.arange(6)[:, None] - torch.arange(6)  # (L_q, L_k)   how far back
((distance >= 0) & (distance < 3)).int()

# %% [markdown]
# **Prefix.** The first 3 tokens, a question say, may all see each other; the rest is causal.

# %%
((distance >= 0) | (torch.arange(6) < 3)).int()

# %% [markdown]
# **Stop.** Write down who may see whom, in positions; the mask is that sentence.
#
# ## 5. Where to mask, and with what
#
# *Goal: compare five ways to apply a mask, and see what leaks. 10 minutes.*
#
# Back to the row of `sat`, with `down` forbidden.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_after_softmax",
    "The weights are multiplied by the mask *after* the softmax. Does the forbidden word still "
    "matter?",
    {
        "no: its weight is exactly 0": "True, and still it stands in the sum that the others were "
        "divided by.",
        "yes: the others depend on its score": "It is in the denominator. A higher forbidden "
        "score makes all allowed weights smaller, and a model can learn from that.",
        "yes: its value is read": "A weight of 0 reads nothing.",
    },
    right="yes: the others depend on its score",
)

# %%
binary = mask.float()  # (L_k,)   1.0 = may attend, 0.0 = may not
louder = torch.tensor([1.0, 2.0, 0.0, 6.0])  # (L_k,)   only the forbidden score is another


def shared_out_again(scores):
    cut = scores.softmax(-1) * binary  # (L_k,)
    return cut / cut.sum()


ways = {
    "-inf before the softmax": lambda s: s.masked_fill(~mask, float("-inf")).softmax(-1),
    "times 0 after it": lambda s: s.softmax(-1) * binary,
    "times 0 after it, then / sum": shared_out_again,
    "scores + mask": lambda s: (s + binary).softmax(-1),
    "scores * mask": lambda s: (s * binary).softmax(-1),
}
table(
    [
        (name, *way(scores), way(scores).sum(), (way(louder) - way(scores))[:3].abs().max())
        for name, way in ways.items()
    ],
    ["mask applied as", *words, "sum", "allowed moved, if down is louder"],
)

# %% [markdown]
# A forbidden key leaks in two ways: its *value* is read (weight above 0), or its *score* bends
# the other weights.
#
# - `scores + mask` is a bonus of 1 for allowed keys, not a ban.
# - `scores * mask` gives the score 0, which is a perfectly good score: $e^0 = 1$.
# - Dividing by the sum again repairs *times 0 after it*, until a forbidden score is so large that
#   all allowed weights underflow to 0. Then there is nothing left to divide.
#
# SDPA takes a boolean mask, or a float tensor that it **adds** to the scores. So a mask that became
# float on its way is silently the bonus of 1.
#
# **Predict.** Equal scores, two of four keys allowed. What weights does the float mask give?

# %%
half_open = torch.tensor([[True, True, False, False]])  # (L_q, L_k)
probe = torch.zeros(1, 4), torch.zeros(4, 4), torch.eye(4)  # q, k, v: the output is the weights
for name, attn_mask in {"boolean": half_open, "float": half_open.float()}.items():
    print(f"{name:8}", F.scaled_dot_product_attention(*probe, attn_mask=attn_mask))

# %% [markdown]
# **Stop.** Boolean until the last moment, then -inf, before the softmax.
#
# ## 6. The leak
#
# *Goal: train with a mask one diagonal too wide, and catch it. 20 minutes.*
#
# **Task:** guess the next letter of English text, Python's own manual in small letters. The first
# 90 % is for training, the rest for validation. **Model:** one head. Letters and positions become
# vectors by embeddings, the head's output is added to them, and a linear layer makes the logits
# of the next letter.

# %%
manual = " ".join(pydoc_data.topics.topics[name] for name in sorted(pydoc_data.topics.topics))
text = re.sub("[^a-z]+", " ", manual.lower())
letters = sorted(set(text))
ids = torch.tensor([letters.index(letter) for letter in text])
train_ids, valid_ids = ids[: int(0.9 * len(ids))], ids[int(0.9 * len(ids)) :]
L, d_model = 32, 48


class NextLetter(nn.Module):
    def __init__(self):
        super().__init__()
        self.letter = nn.Embedding(len(letters), d_model)
        self.position = nn.Embedding(L, d_model)
        self.qkv_proj = nn.Linear(d_model, 3 * d_model, bias=False)
        self.o_proj = nn.Linear(d_model, d_model, bias=False)
        self.predict = nn.Linear(d_model, len(letters))

    def forward(self, ids, mask):
        x = self.letter(ids) + self.position.weight[: ids.shape[-1]]  # (B, L, d_model)
        q, k, v = self.qkv_proj(x).chunk(3, dim=-1)  # cut in three; each (B, L, d_model)
        output = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.predict(x + self.o_proj(output))  # (B, L, letters)


everything = torch.ones(L, L, dtype=torch.bool)  # (L_q, L_k)
masks = {"right": everything.tril(0), "leaking": everything.tril(1)}

# %% [markdown]
# The loop is that of *where attention sits*. `windows` cuts pieces of the text at random starts
# (`randint`: random whole numbers, the same each time from a `Generator` with the same seed); the
# targets are the inputs moved by one letter. The loss is the cross-entropy over all letters of all
# windows (`flatten(0, 1)` joins these two axes); guessing all letters alike costs
# `ln(number of letters)`.


# %%
def windows(ids, count, generator):
    starts = torch.randint(len(ids) - L, (count, 1), generator=generator)
    pieces = ids[starts + torch.arange(L + 1)]  # (B, L + 1)
    return pieces[:, :-1], pieces[:, 1:]  # inputs (B, L), targets (B, L)


def loss_of(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def train(mask, seed, train_ids, valid_ids, steps=400, every=50):
    torch.manual_seed(seed)
    model = NextLetter()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    generator = torch.Generator().manual_seed(seed)
    inputs, targets = windows(valid_ids, 256, torch.Generator().manual_seed(99))
    curve = []
    for step in range(steps + 1):
        if step % every == 0:
            with torch.no_grad():  # measured only
                curve.append((step, loss_of(model(inputs, mask), targets).item()))
        batch, answers = windows(train_ids, 32, generator)
        optimizer.zero_grad()
        loss_of(model(batch, mask), answers).backward()
        optimizer.step()
    return model, curve


# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_leak_loss",
    "Which mask gives the lower loss on the validation text, which was never trained on?",
    {
        "the right one": "A split guards against learning by heart. It does not guard against a "
        "leak: the validation windows are fed in whole, future included.",
        "the leaking one": "The leak is in the validation run as well. Judged by this curve, it "
        "would be released.",
        "both the same: the text is new": "New text has a next letter, too, and the mask shows it.",
    },
    right="the leaking one",
)

# %%
runs = {
    name: [train(rule, seed, train_ids, valid_ids) for seed in range(3)]
    for name, rule in masks.items()
}
guessing = math.log(len(letters))

# %% jupyter={"source_hidden": true}
fig, ax = plt.subplots(figsize=(7.5, 3.6))
for (name, results), colour, line in zip(
    runs.items(), (COLOURS["blue"], COLOURS["orange"]), ("-", "--"), strict=True
):
    for seed, (_, curve) in enumerate(results):
        label = f"{name} mask, 3 seeds" if seed == 0 else None
        ax.plot(*zip(*curve, strict=True), color=colour, linestyle=line, lw=1.5, label=label)
ax.axhline(guessing, color="0.4", linestyle=":", lw=1.5, label="all letters alike")
ax.set(ylim=(0, None), xlabel="training step", ylabel="validation loss (nats per letter)")
ax.legend(loc="center right", bbox_to_anchor=(1, 0.38))
final = {name: [curve[-1][1] for _, curve in results] for name, results in runs.items()}
show(
    fig,
    "Validation loss over training steps. At the end, three seeds each: "
    + "; ".join(
        f"{name} mask {', '.join(f'{loss:.2f}' for loss in f)}" for name, f in final.items()
    )
    + f". All letters alike: {guessing:.2f}.",
    "",
)

# %% [markdown]
# To measure this loss we feed the whole true window and trust the mask to hide the future. That is
# called **teacher forcing**. In use, the next letter does not exist yet. So we measure again,
# **letter by letter**: to guess letter `t`, the model gets the `t` letters before it, and only its
# last position counts. Same windows, same mask rule.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_letter_by_letter",
    "How good is the leaking model, letter by letter?",
    {
        "as good as with teacher forcing": "It lived on the letter to the right, and at the last "
        "position there is none.",
        "about as good as the other one": "It never had a reason to learn from the past.",
        "worse than guessing all letters alike": "It is sure of itself and wrong: it has learned "
        "to copy from the right, where nothing stands.",
    },
    right="worse than guessing all letters alike",
)


# %%
def teacher_forced(model, mask, inputs):
    return model(inputs, mask)  # (B, L, letters)   all positions in one run


def letter_by_letter(model, mask, inputs):
    last = [model(inputs[:, :t], mask[:t, :t])[:, -1] for t in range(1, L + 1)]
    return torch.stack(last, dim=1)  # (B, L, letters)   each position from its own short run


inputs, targets = windows(valid_ids, 256, torch.Generator().manual_seed(7))  # (B, L) each
rows = []
for name, results in runs.items():
    for how in (teacher_forced, letter_by_letter):
        losses = [loss_of(how(model, masks[name], inputs), targets).item() for model, _ in results]
        rows.append((name, how.__name__.replace("_", " "), *losses))
rows.append(("(no model)", "all letters alike", guessing, guessing, guessing))
table(rows, ["mask", "how it is run", "seed 0", "seed 1", "seed 2"], "Validation loss")

# %% [markdown]
# With the right mask both are the same: under a causal mask later letters cannot matter. Let both
# write. The start is given, each next letter is drawn (`multinomial`) from the model's own
# probabilities.


# %%
def write(model, mask, start, count=70):
    generator = torch.Generator().manual_seed(1)
    written = torch.tensor([[letters.index(letter) for letter in start]])  # (1, L)
    for _ in range(count):
        seen = written[:, -L:]  # the model knows at most L positions
        n = seen.shape[1]
        chances = model(seen, mask[:n, :n])[:, -1].softmax(-1)  # (1, letters)
        written = torch.cat([written, torch.multinomial(chances, 1, generator=generator)], dim=1)
    return "".join(letters[i] for i in written[0])


for name, results in runs.items():
    print(f"{name:8}", write(results[0][0], masks[name], "the value of "))

# %% [markdown]
# One tiny head writes nothing that makes sense, but the first line at least has syllables.
#
# ### Three ways to catch it
#
# **Look at single positions.** The average over positions hides one.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_last_position",
    "The leaking mask shows position i the letter i + 1. Which position has nothing to peek at?",
    {
        "the first": "It sees the second, which is its answer.",
        "the last": "The answer of the last position stands outside the window. A loss near 0 "
        "that jumps there is the signature of a look one step ahead.",
        "none": "Position 31 would need to see position 32, which does not exist.",
    },
    right="the last",
)

# %%
for name, results in runs.items():
    logits = teacher_forced(results[0][0], masks[name], inputs)  # (B, L, letters)
    losses = {i: loss_of(logits[:, [i]], targets[:, [i]]).item() for i in (0, 10, 20, 30, 31)}
    print(f"{name:8} loss at position", {i: round(loss, 2) for i, loss in losses.items()})

# %% [markdown]
# **Train on noise.** Random letters say nothing about the next one, so no honest model beats
# `ln(number of letters)` on fresh noise.
#
# **Predict.** What do the two masks reach?

# %%
noise = torch.randint(len(letters), (60_000,), generator=torch.Generator().manual_seed(0))
for name, rule in masks.items():
    _, curve = train(rule, 0, noise[:50_000], noise[50_000:], steps=250, every=250)
    print(f"{name:8} validation loss on noise {curve[-1][1]:.2f}, best honest loss {guessing:.2f}")

# %% [markdown]
# A model that predicts noise is cheating. That is how a real case was noticed: 0.99 accuracy on
# random validation data, reported as a bug of Keras
# ([keras#21284](https://github.com/keras-team/keras/issues/21284)). Keras was right. The user's
# own wrapper took `use_causal_mask` and passed `use_causal_mask=False` on. A year later, Keras
# itself dropped the mask in some configurations
# ([keras#23038](https://github.com/keras-team/keras/issues/23038)). Both times the triangle was
# fine, and did not arrive. So do not only test the mask. Test the model:
#
# **Change a future token; the outputs before it must not change.** It needs no training and no
# look at the code. Done for every position, it draws the mask that the model *really has*: change
# letter `j` (column), and mark each output `i` (row) that moves.
#
# **Predict.** Here with an *untrained* model. Does the test need a trained one?

# %%
n = 7
untrained, start_ids = NextLetter(), inputs[:1, :n]  # (1, n)
reach = {}
for name, rule in masks.items():
    moved = torch.zeros(n, n, dtype=torch.bool)  # (L_q, L_k)
    for j in range(n):
        other = start_ids.clone()
        other[0, j] = (other[0, j] + 1) % len(letters)
        before, after = (
            teacher_forced(untrained, rule[:n, :n], each) for each in (start_ids, other)
        )
        moved[:, j] = (after - before)[0].abs().amax(-1) > 1e-5  # (L_q,)
    reach[f"{name} mask"] = moved
heatmaps(reach, title="Who really sees whom", mask=reach, digits=0, caption="")

# %% [markdown]
# The leak shows on the first day, before any curve.
#
# **Stop.** A loss that is too good is a reason to change a future token and look.
#
# ## 7. Which number means "forbidden"?
#
# *Goal: why -inf, and why it needs help. 8 minutes.*
#
# Real code also has -1e9, `torch.finfo(dtype).min` (the lowest number of the dtype), -1e4 and -10.
# A constant can be *written* over the score or *added* to it. First written, in float16, whose
# lowest number is -65504.

# %%
situations = {  # scores, which are forbidden, what to show
    "forbidden weight": ([4.0, 0.0, 1.0], [True, False, False], 0),
    "the same, large scores": ([0.0, -20000.0, -20001.0], [True, False, False], 0),
    "row with no key": ([4.0, 0.0, 1.0], [True, True, True], slice(None)),
}


def constants_table(dtype, added):
    """One line per constant: what the softmax makes of each situation."""
    lowest = torch.finfo(dtype).min
    rows = []
    for name, constant in {
        "-inf": -math.inf, "finfo.min": lowest, "-1e9": -1e9, "-1e4": -1e4, "-10": -10.0
    }.items():  # fmt: skip
        cells = []
        for row, forbidden, which in situations.values():
            scores, forbidden = torch.tensor(row, dtype=dtype), torch.tensor(forbidden)
            try:
                bias = torch.where(forbidden, constant, 0.0).to(dtype)  # constant or 0, as dtype
                masked = scores + bias if added else scores.masked_fill(forbidden, constant)
                weights = masked.softmax(-1)[which].tolist()
                cells.append(
                    str([round(w, 2) for w in weights] if which != 0 else f"{weights:.2g}")
                )
            except RuntimeError:
                cells.append("error")
        rows.append([name, *cells])
    how = "added to" if added else "written over"
    return table(rows, ["constant", *situations], f"{str(dtype)[6:]}, {how} the scores")


constants_table(torch.float16, added=False)

# %% [markdown]
# -1e9 does not fit, and `masked_fill` says so; *added*, as a tensor, it would silently be -inf. -10
# leaks. -1e4 is *larger* than the large allowed scores and wins the row. Only -inf and `finfo.min`
# cannot be undercut. Now float32, which keeps about 7 digits of a number:

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_empty_row",
    "float32, -1e9 added, scores 4, 0, 1, and every key is forbidden. What are the weights?",
    {
        "zeros": "A softmax always shares out 1.",
        "NaN": "That is what -inf gives. A finite constant gives an answer without a sign that "
        "anything is wrong.",
        "a third each": "All scores were lowered alike, and beside -1e9 float32 cannot keep 4, 0 "
        "and 1 apart. Where it can (-1e4), the row comes out as if there were no mask.",
    },
    right="a third each",
)

# %%
constants_table(torch.float32, added=True)

# %% [markdown]
# And two finite masks added up leave the range: `finfo.min + finfo.min` is -inf after all. So this
# course joins booleans by `&`, writes -inf, and handles on purpose the one case that -inf cannot:
# the row without a key.
#
# **Stop.** Every constant fails somewhere; -inf in one place only.
#
# ## 8. A query that may look at nothing
#
# *Goal: zeros, and no NaN on the way back. 12 minutes.*
#
# Empty rows are not exotic: an empty sentence, more queries than keys, or padding on the *left*
# under a causal mask, as in generation by batches. A softmax of nothing but -inf is 0/0, NaN. And
# NaN spreads. The gradient of `v` is `weights.T @ g`, where `g` is the gradient of the output.
# And `masked_fill` passes no gradient back to the scores that it wrote over.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_nan_gradient",
    "One row of weights is NaN, and we leave its output *out* of the loss. Which gradients are NaN "
    "after `backward`?",
    {
        "none: the row is not in the loss": "Its gradient is 0, but it is multiplied by the "
        "weights of the row, and 0 times NaN is NaN.",
        "that of `v`": "0 times NaN is NaN. On the way to `q` and `k`, `masked_fill` stops it.",
        "all three": "Close: had the mask been *added*, it would be so.",
    },
    right="that of `v`",
)


# %%
def fresh_qkv():
    generator = torch.Generator().manual_seed(0)
    sizes = [(3, 2), (4, 2), (4, 5)]  # L_q=3, L_k=4, d_head=2 (values have 5)
    return [torch.randn(size, generator=generator, requires_grad=True) for size in sizes]


gap_mask = torch.tensor([[1, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 0]]).bool()  # row 1 is empty
q, k, v = fresh_qkv()
weights = (q @ k.T / math.sqrt(2)).masked_fill(~gap_mask, float("-inf")).softmax(-1)
loss = (weights @ v)[[0, 2]].sum()  # the empty row is left out
loss.backward()
print(f"loss {loss.item():.3f}   0 * nan = {0 * math.nan}")
for name, tensor in {"q": q, "k": k, "v": v}.items():
    print(f"NaN in the gradient of {name}:", tensor.grad.isnan().any().item())

# %% [markdown]
# **A zero gradient does not protect from NaN.** So wiping NaN off the *result* (`nan_to_num`, or
# `torch.where(condition, this, else_that)`) cannot be enough: a gradient of 0 goes back through the
# wiped places and meets the NaN behind them.
#
# **Predict.** Which of these repairs are clean backward?

# %%
has_key = gap_mask.any(dim=-1, keepdim=True)  # (L_q, 1)
bias = torch.zeros(3, 4).masked_fill(~gap_mask, float("-inf"))  # (L_q, L_k)
apply_mask = {
    "written": lambda s: s.masked_fill(~gap_mask, float("-inf")),
    "added": lambda s: s + bias,
}
repairs = {
    "the output": (lambda w: w, lambda o: torch.where(has_key, o, 0.0)),
    "the weights": (lambda w: torch.where(has_key, w, 0.0), lambda o: o),
}
rows = []
for how, masked in apply_mask.items():
    for place, (repair_weights, repair_output) in repairs.items():
        q, k, v = fresh_qkv()
        weights = repair_weights(masked(q @ k.T / math.sqrt(2)).softmax(-1))  # (L_q, L_k)
        output = repair_output(weights @ v)  # (L_q, 5)
        output.sum().backward()
        found = [tensor.isnan().any().item() for tensor in (output, q.grad, k.grad, v.grad)]
        rows.append([how, place, *("NaN" if nan else "ok" for nan in found)])
table(rows, ["mask", "zeros put into", "output", "grad of q", "grad of k", "grad of v"])

# %% [markdown]
# One of four, and that one only because `masked_fill` swallows the NaN of the softmax's gradient.
#
# What should an empty row give? PyTorch's SDPA once gave NaN
# ([pytorch#103963](https://github.com/pytorch/pytorch/issues/103963)).
#
# **Predict.** And now, on the CPU, forward and backward?

# %%
q, k, v = fresh_qkv()
output = F.scaled_dot_product_attention(q, k, v, attn_mask=gap_mask)  # (L_q, 5)
output.sum().backward()
print("torch", torch.__version__, " empty row:", output[1].tolist())
print("NaN in a gradient:", any(t.grad.isnan().any().item() for t in (q, k, v)))

# %% [markdown]
# (Other backends have given NaN since: Apple's MPS, in
# [pytorch#156707](https://github.com/pytorch/pytorch/issues/156707).) The course takes zeros too:
#
# > **A query that may look at nothing gets weights of zero and an output of zero. No NaN, forward
# > or backward.**
#
# It is a sum over the allowed keys, and an empty sum is 0. NaN has to be *prevented*, not wiped
# off. **Before** the softmax, give rows without a key harmless finite scores; **after** it, set
# their weights to zero. On one such row alone:

# %%
row_scores = torch.tensor([0.3, -1.2, 0.8, 0.1], requires_grad=True)  # (L_k,)   no key allowed
harmless = row_scores.masked_fill(torch.tensor(True), 0.0)  # (L_k,)   before: finite
row_weights = harmless.softmax(-1) * 0.0  # (L_k,)   after: zero
(row_weights @ torch.tensor([1.0, 2.0, 3.0, 4.0])).backward()
print("weights", row_weights.tolist(), " gradient of the scores", row_scores.grad.tolist())

# %% [markdown]
# Every number on the way is finite. In the exercise you do it for all rows at once:
# `mask.any(dim=-1, keepdim=True)` says which rows have a key, and keeps an axis of size 1 that
# broadcasts against the scores.
#
# **Stop.** Harmless before, zero after.
#
# ## 9. Half precision
#
# *Goal: know where 16 bits are too few. 9 minutes.*
#
# Models run in float16 or bfloat16 to save memory. float16 has about 3 digits and ends at 65504;
# bfloat16 has the range of float32 and about 2 digits.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "mask_product",
    "`q` and `k` have 64 entries of 40, in float16. What is `(q @ k) / 8`?",
    {
        "12800, which fits": "The result would. The product on the way to it, 102400, does not.",
        "inf": "64 x 40 x 40 = 102400 is beyond 65504 before anything is divided. Dividing `q` "
        "first helps.",
        "65504, the largest there is": "Beyond the range lies inf; nothing is cut down to fit.",
    },
    right="inf",
)

# %%
q16 = torch.full((1, 64), 40.0, dtype=torch.float16)  # (L_q, d_head)
k16 = torch.full((2, 64), 40.0, dtype=torch.float16)  # (L_k, d_head)
for name, s in {"last": q16 @ k16.T / 8, "first": (q16 / 8) @ k16.T}.items():
    print(f"divided {name:6} scores {s[0].tolist()}  softmax {s[0].softmax(-1).tolist()}")

# %% [markdown]
# (Write `q / 8`, never `q /= 8`: that changes the caller's tensor, and so do `masked_fill_` and
# `mask &= ...`.)
#
# bfloat16 does not overflow here. It lacks digits.
#
# **Predict.** Two scores, 20 and 20.05. What are their weights in bfloat16?

# %%
close = torch.tensor([20.0, 20.05], dtype=torch.float64)  # (L_k,)
for dtype in (torch.float16, torch.bfloat16, torch.float32):
    rounded = close.to(dtype)
    print(f"{dtype!s:15} scores {rounded.tolist()}  weights {rounded.softmax(-1).tolist()}")

# %% [markdown]
# Two scores have become one number, and no softmax can tell them apart any more. (PyTorch adds up
# sums and products of 16-bit tensors in float32. It is what is *stored* in between that is
# rounded; a loop of `total = total + 1` in bfloat16 stops at 256.)
#
# The remedy: **compute in float32** (`x.float()`) **and cast back at the end** (`x.to(dtype)`).
# From where on? Trained heads have scores of 50 and more (SmolLM2 on a few hundred tokens: 66), so
# we add 64 to each.
#
# **Predict.** Is "float32 only inside the softmax" enough?


# %%
def in_two_dtypes(q, k, v, start):
    """Attention in the dtype of q; from `start` on it computes in float32, and casts back."""
    dtype = q.dtype
    if start == "at q, k, v":
        q, k, v = q.float(), k.float(), v.float()
    scores = (q / math.sqrt(q.shape[-1])) @ k.transpose(-2, -1)  # (B, L_q, L_k)
    if start == "in the softmax only":
        scores = scores.float()
    return (scores.softmax(-1).to(v.dtype) @ v).to(dtype)  # (B, L_q, d_head)


def error_of(attend, dtype):
    """Largest error against float64, relative to the largest value."""
    torch.manual_seed(5)
    q, k, v = (torch.randn(3, length, 16).to(dtype) for length in (5, 96, 96))
    q[..., 0] = k[..., 0] = 16.0  # 16 x 16 / sqrt(16): every score is raised by 64
    exact = in_two_dtypes(q.double(), k.double(), v.double(), "never")  # same rounded inputs
    return f"{((attend(q, k, v).double() - exact).abs().max() / exact.abs().max()).item():.1e}"


variants = {
    f"float32 {start}": lambda q, k, v, start=start: in_two_dtypes(q, k, v, start)
    for start in ("never", "in the softmax only", "at q, k, v")
}
dtypes = (torch.float16, torch.bfloat16, torch.float64)
table(
    [(name, *(error_of(attend, d) for d in dtypes)) for name, attend in variants.items()]
    + [("allowed in this course", "2.0e-03", "2.0e-02", "1.0e-10")],
    ["", "float16", "bfloat16", "float64"],
)

# %% [markdown]
# The scores were rounded before the softmax, so float32 inside it comes too late. Begin at `q`,
# `k` and `v`. But `.float()` is a step *down* from float64: raise the 16-bit types, and leave the
# others as they are. Output and weights go back to the dtype of `q`. The check of the exercise
# has large scores too.
#
# **Stop.** The exercises are next.
#
# ## 10. Before the exercises
#
# | exercise | what to remember | section |
# |---|---|---|
# | `causal_mask(q_len, k_len=None)` | bottom-right; rows can be empty; `None`: square | 2 |
# | `padding_mask(lengths, k_len)` | a column of lengths; three axes; the device of `lengths` | 3 |
# | `masked_attention(q, k, v, mask=None)` | -inf, empty rows, 16 bits, inputs untouched | 5, 7-9 |
#
# `masked_attention` returns `(output, weights)`, takes any mask that broadcasts to the scores, and
# without one allows everything.
#
# Test yourself: change a later token, and earlier outputs must not move; change the padding, and
# real outputs must not move; the last queries alone give the same as the whole run; a row without
# a key gives zeros, and no NaN after `backward`; and `B`, `L_q`, `L_k` all differ.
#
# ## Check yourself

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_02_one_new_token",
    "One new token, nine keys, `is_causal=True` in SDPA. What does the token see?",
    {
        "all nine keys, as it should": "It should. But the mask is aligned top-left.",
        "the first key only": "Top-left: it counts as query 0. For a single new token the right "
        "causal mask forbids nothing.",
        "the last key only": "Under top-left alignment it counts as query 0, which sees key 0.",
    },
    right="the first key only",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_02_low_loss",
    "The loss of a language model is 0.05 after an hour, on validation text too. Does the "
    "validation text rule out a leak?",
    {
        "yes: that text was never trained on": "The mask leaks there just the same.",
        "no: change a later token and look": "The one test that finds it, trained or not.",
        "no: train longer and see": "The loss would only fall further.",
    },
    right="no: change a later token and look",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_02_added_1e9",
    "-1e9 is added to scores in float16, as a float16 tensor. What does a row without a key give?",
    {
        "equal weights": "It would in float32. In float16 the constant is -inf from the start.",
        "an error": "Only `masked_fill` raises one.",
        "NaN": "Stored in float16, -1e9 has become -inf.",
    },
    right="NaN",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_02_nan_to_num",
    "`nan_to_num(output)` leaves no NaN in the output. Where is it still?",
    {
        "in the weights": "Backward multiplies them by a gradient of 0, and 0 times NaN is NaN.",
        "in the loss": "The loss is made from the cleaned output.",
        "nowhere": "Cleaning the result does not clean what made it.",
    },
    right="in the weights",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_02_batch_changes_output",
    "A sentence gives other outputs in a batch with longer ones than alone. What is the likely "
    "cause?",
    {
        "a causal mask aligned top-left": "Alone and in the batch, L_q equals L_k: no difference.",
        "the padding is masked on the queries": "Then its keys are open, and real words read "
        "them. (No padding mask at all does the same.)",
        "float16": "It rounds both in the same way, up to the last digit.",
    },
    right="the padding is masked on the queries",
)

# %% [markdown]
# ## Summary
#
# | question | answer |
# |---|---|
# | what is a mask | boolean, `True` = may attend; the softmax over the allowed keys alone |
# | causal | key position <= query position; the last query sees the last key |
# | padding | position < length, `(B, 1, L_k)`; forbids columns, not rows |
# | two masks | `&` |
# | where | before the softmax, -inf |
# | empty row | zeros: harmless scores before the softmax, zero after |
# | 16 bits | float32 from `q`, `k`, `v` on; cast back; leave float64 alone |
#
# Next: the exercises of unit 02, `02_masks.ipynb` in your workspace. Then lesson 03, on what a
# single softmax, however well masked, cannot do.
