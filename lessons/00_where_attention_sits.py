# %% [markdown]
# # 0. Where attention sits
#
# Fifteen minutes, nothing to solve. **Goal:** know every box between a text and the next word, and
# which of them this course opens.
#
# A language model reads a text and gives each possible next token a probability. Between the two
# stand only a few kinds of boxes. Attention is one of them, and the only one in which words meet.

# %%
import inspect

import torch
from torch import nn

from attnlab import table
from attnlab.decoder import Layer
from attnlab.diagram import draw_decoder
from autograder import predict

_ = torch.manual_seed(0)

# %% jupyter={"source_hidden": true}
draw_decoder()

# %% [markdown]
# ## Text, tokens, vectors
#
# A **token** is a piece of text that the model knows by a number. Ours are whole words; real models
# use pieces of words, tens of thousands of them.

# %%
text = "the cat saw the dog and the dog ran"
words = text.split()
vocabulary = sorted(set(words))
tokens = torch.tensor([vocabulary.index(word) for word in words])
print(vocabulary)
print(tokens.tolist())

# %% [markdown]
# The **embedding** is a table with one row of `d_model` numbers for each token. Its numbers are
# random at first and learned later. Looking up the rows of a text makes `x`, one row for each
# position. `nn.Embedding` is such a table.

# %%
d_model = 4
embedding = nn.Embedding(len(vocabulary), d_model)
x = embedding(tokens)
print("embedding:", tuple(embedding.weight.shape), "  x:", tuple(x.shape))

# %% [markdown]
# `the` stands at positions 0, 3 and 6. One token, one row: nothing has told the three rows where
# they stand. (`detach()` gives the numbers alone, without what learning would need.)

# %%
print(x[[0, 3, 6]].detach())

# %% [markdown]
# ## One layer: attention and add, MLP and add
#
# `x` runs through the model like a road, called the **residual stream**. A layer never replaces
# it. Attention and MLP each read `x` and *add* what they found. This is the layer of the model
# that runs in lesson 07, as code. (`B` is the number of texts at once, one here and left out;
# `mask` and `cache` come in lessons 02 and 06.)

# %%
print(inspect.getsource(Layer.forward))

# %% [markdown]
# **Norm**, in front of both, divides each row by the root of its mean square, so that no box meets
# numbers that are far too large or small. For `[3, 4]`: the squares 9 and 16 have the mean 12.5,
# its root is 3.54, and the row becomes `[0.85, 1.13]`.

# %%
print(nn.RMSNorm(2)(torch.tensor([[3.0, 4.0], [300.0, 400.0]])).detach())

# %% [markdown]
# **MLP** takes each row for itself. Two linear layers (`gate_proj`, `up_proj`) make it wider, one
# of the results is bent (`silu`), they are multiplied, and `down_proj` leads back. Below is the
# older form: linear, bend (`GELU`), linear; `nn.Sequential` runs them one after another. (A *bend*
# is a function of each number whose graph is no straight line.)
#
# **Attention** mixes rows: what a position adds to itself comes from others. *How much* from each
# is what lessons 01 to 03 are about. Here a stand-in weighs all rows up to its own alike: `cumsum`
# adds up rows 0 to i.

# %%
mlp = nn.Sequential(nn.Linear(d_model, 8), nn.GELU(), nn.Linear(8, d_model))


def average_so_far(x):
    """Row i becomes the mean of rows 0 to i."""
    return x.cumsum(dim=0) / torch.arange(1, len(x) + 1)[:, None]


# %% [markdown]
# We replace the second word, `cat`, by `dog`, and see which rows come out changed.

# %% jupyter={"source_hidden": true}
predict(
    "sits_who_changes",
    "Row 1 of `x` changes. Which rows change after the MLP, and which after the average so far?",
    {
        "row 1; row 1": "The average of row 5 contains row 1, so row 5 must change too.",
        "row 1; rows 1 to 8": "The MLP sees one row at a time. The average carries row 1 onwards.",
        "rows 1 to 8; rows 1 to 8": "The MLP has no way to look at a neighbour.",
        "row 1; all rows": "Row 0 averages itself only: nothing flows backwards here.",
    },
    right="row 1; rows 1 to 8",
)

# %%
changed = tokens.clone()
changed[1] = vocabulary.index("dog")
for name, box in {"MLP": mlp, "average so far": average_so_far}.items():
    moved = (box(embedding(tokens)) - box(embedding(changed))).abs().sum(dim=1) > 0
    print(f"{name:15} rows that change: {[i for i in range(len(moved)) if moved[i]]}")

# %% [markdown]
# So whatever a model knows about one word from another has passed through attention.
#
# ## From the last row to the next word
#
# After the last layer each row is compared with every row of a table, often the embedding itself:
# `@` is the product of two matrices, `.T` turns rows into columns. That gives one number for each
# token, the **logits**. Softmax (lesson 01) makes probabilities of them: positive numbers that add
# up to 1.

# %%
logits = (x + average_so_far(x)) @ embedding.weight.T
print("logits:", tuple(logits.shape), " one row for each position, one column for each token")
print("probabilities after the last word:", logits[-1].softmax(dim=0).detach().numpy().round(2))

# %% [markdown]
# **Learning.** The true next word is known while training. The **loss** is minus the logarithm of
# the probability that the model gave it, averaged over all positions (*cross-entropy*).

# %%
for p in (1.0, 0.5, 0.1, 0.01):
    print(f"probability {p:4}: loss {0 - torch.tensor(p).log().item():.2f}")

# %% [markdown]
# The *gradient* says for each learned number which way lowers the loss. An **optimiser** moves
# all of them a small step that way; AdamW is the usual one. `parameters()` lists the learned
# numbers of a part.


# %%
def model(tokens):
    x = embedding(tokens)
    x = x + average_so_far(x)  # attention and add
    x = x + mlp(x)  # MLP and add
    return x @ embedding.weight.T  # logits


numbers = [*embedding.parameters(), *mlp.parameters()]
optimiser = torch.optim.AdamW(numbers, lr=0.05)  # lr: how small a step

# %% [markdown]
# One turn of the training loop: run the model, compute the loss (`cross_entropy` takes logits and
# does the softmax itself), and the gradient with `backward`, which *adds* to the last one unless
# `zero_grad` has cleared it; then step.

# %%
target = tokens[1:]  # the word that follows each position but the last
losses = []
for _ in range(150):
    loss = nn.functional.cross_entropy(model(tokens)[:-1], target)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    losses.append(loss.item())
print(f"loss {losses[0]:.2f} at first, {losses[-1]:.2f} after 150 steps")

# %% [markdown]
# The guess is the token with the largest logit; `argmax` says where that stands. (No word follows
# the last `ran`: it was never trained, and no guess is right.) Without the average, the three
# equal rows of `the` stay equal, however long the training.

# %%
guesses = [vocabulary[i] for i in model(tokens).argmax(dim=1)]
print([f"{word} -> {guess}" for word, guess in zip(words, guesses, strict=True)])
no_attention = embedding(tokens) + mlp(embedding(tokens))
the = (no_attention @ embedding.weight.T)[[0, 3, 6]]
print("without the average, the three rows of `the` are equal:", bool((the == the[0]).all()))

# %% [markdown]
# ## Which box each lesson opens

# %% jupyter={"source_hidden": true}
table(
    [
        ("01", "attention, one head", "how much a row takes from each other row"),
        ("02", "mask", "which rows it may take from at all"),
        ("03", "several heads", "why one mixture per row is too few"),
        ("04", "multi-head attention", "the whole box, as models have it"),
        ("06", "positions and the cache", "where a row stands; writing word by word"),
        ("07", "fewer key and value heads", "the box of today's models, in a real one"),
        ("08", "time and memory", "what the box costs, measured"),
    ],
    ["lesson", "box", "question"],
)

# %% [markdown]
# Not every model is a chain that predicts the next token. An *encoder* reads a whole text at once
# (search, classification): the same layers without the mask. A translator has both, and a third
# kind of attention in which one text looks at the other (lesson 01 calls it cross-attention).
#
# **Next:** [lesson 01](01_single_head.ipynb) opens the first box.
