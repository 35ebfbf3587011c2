# %% [markdown]
# # Exercises 05: what heads learn
#
# Pictures of real heads, and scores that find such heads among hundreds. A score proves nothing
# yet: so you switch heads off and look at what breaks.
# The [lesson](../../lessons/05_what_heads_learn.ipynb) shows every idea you need, with numbers.
#
# Attention weights have the layout `(B, H, L, L)`: row `i` of a map is what token `i` looks at, and
# adds up to 1. One sentence alone may come as `(H, L, L)`. Where sentences are padded, a mask
# `(B, L)` is `True` for real tokens. `as_batch` brings all of these into one form.
#
# `mine(...)` brings your own work from units 02 and 04, and the course's where yours does not pass
# yet; it says which.

# %%
import torch

from autograder import check, hint, mine, status

MultiHeadAttention, masked_attention = mine("MultiHeadAttention", "masked_attention")
split_heads, merge_heads = mine("split_heads", "merge_heads")


def as_batch(weights, mask=None):
    """Weights and mask of one sentence or of several, in one form.

    Args:
        weights: ``(B, H, L, L)`` or ``(H, L, L)``.
        mask: ``(B, L)`` or ``(L,)``, ``True`` for real tokens; None if all are.

    Returns:
        ``(weights, mask)``, ``(B, H, L, L)`` and ``(B, L)``.
    """
    if weights.dim() == 3:
        weights = weights[None]
    if mask is None:
        shape = weights.shape[0], weights.shape[-1]
        mask = torch.ones(shape, dtype=torch.bool, device=weights.device)
    return weights, torch.atleast_2d(mask)


def squared_distance(target):
    """A loss: the mean squared distance of an output from ``target``, of the output's shape."""
    return lambda output: (output - target).square().mean()


# %% [markdown]
# The next cell holds six maps of SmolLM2, recorded on one text and rounded to percents; exercise 1
# draws them.

# %%
TOKENS = ["A", "red", "fox", "met", "blue", "owls", "."] * 2
ROLES = {
    "first": "looks at the very first token, whatever token it is itself",
    "itself": "looks at its own token",
    "previous": "looks at the token just before",
    "spread": "shares its attention out over all tokens so far",
    "duplicate": "looks at the earlier copy of its own token, if there is one",
    "induction": "looks at what came after the earlier copy of its own token, if there is one",
}
RECORDED = {
    "A": (
        "100/97 3/99 1 0/94 5 0 0/11 2 86 0 0/43 2 0 54 0 0/98 2 0 0 0 0 0/92 6 2 0 0 0 0 0/10 1 "
        "89 0 0 1 0 0 0/78 1 0 16 0 0 5 0 0 0/3 1 0 0 96 0 0 0 0 0 0/14 1 9 0 0 53 0 0 0 24 0 "
        "0/33 0 0 2 0 0 62 0 0 0 2 0 0/16 1 0 0 0 0 0 83 0 0 0 0 0 0"
    ),
    "B": (
        "100/100 0/100 0 0/100 0 0 0/100 0 0 0 0/100 0 0 0 0 0/100 0 0 0 0 0 0/100 0 0 0 0 0 0 "
        "0/100 0 0 0 0 0 0 0 0/100 0 0 0 0 0 0 0 0 0/100 0 0 0 0 0 0 0 0 0 0/100 0 0 0 0 0 0 0 0 "
        "0 0 0/100 0 0 0 0 0 0 0 0 0 0 0 0/100 0 0 0 0 0 0 0 0 0 0 0 0 0"
    ),
    "C": (
        "100/1 99/0 7 93/0 3 7 90/0 7 9 32 52/0 3 9 5 11 72/0 1 2 1 0 2 94/0 2 3 2 1 2 23 69/0 2 "
        "3 1 2 1 12 27 52/0 0 4 0 1 2 4 2 2 85/0 1 1 1 0 2 7 5 2 15 67/0 1 2 1 1 2 11 4 6 9 13 "
        "50/0 1 3 0 0 1 7 1 2 9 1 5 70/0 0 0 0 0 0 21 2 0 1 1 0 1 73"
    ),
    "D": (
        "100/100 0/96 0 4/94 0 0 6/97 0 0 0 3/82 0 0 0 0 18/91 0 0 0 0 0 9/98 0 0 0 0 0 0 1/26 73"
        " 0 0 0 0 0 0 0/4 0 95 0 0 0 0 0 0 0/7 0 0 93 0 0 0 0 0 0 0/18 1 0 0 80 0 0 0 0 0 0 0/0 0"
        " 0 0 0 100 0 0 0 0 0 0 0/36 0 0 0 0 0 63 0 0 0 0 0 0 1"
    ),
    "E": (
        "100/99 1/7 92 1/8 7 84 0/20 0 13 67 0/9 0 0 2 89 0/15 0 0 0 6 78 1/26 0 0 0 0 11 63 1/13"
        " 0 0 0 0 0 8 78 0/4 0 0 0 0 0 0 3 92 0/5 0 0 0 0 0 0 0 10 84 0/4 0 0 0 0 0 0 0 0 15 81 "
        "1/3 0 0 0 0 0 0 0 0 0 2 94 1/10 0 0 0 0 0 0 0 0 0 0 9 81 1"
    ),
    "F": (
        "100/60 40/32 29 39/22 30 21 27/16 22 15 33 14/17 18 9 18 11 27/14 16 8 22 15 24 1/16 15 "
        "10 14 12 25 2 5/11 18 10 14 12 14 3 7 10/10 15 8 11 12 8 3 10 10 14/9 13 6 9 10 7 4 10 "
        "13 9 11/6 10 3 8 9 8 3 8 12 8 18 7/9 9 3 4 7 6 4 12 10 5 10 6 15/6 8 4 10 6 8 3 4 9 5 13"
        " 9 14 1"
    ),
}


def picture(recorded):
    """A causal map ``(L, L)`` from its rows in percent, each up to the diagonal."""
    rows = [[int(number) / 100 for number in row.split()] for row in recorded.split("/")]
    weights = torch.zeros(len(rows), len(rows))
    for i, row in enumerate(rows):
        weights[i, : len(row)] = torch.tensor(row)
    return weights


PICTURES = {name: picture(recorded) for name, recorded in RECORDED.items()}

# %% [raw]
# exercise: predict_role
# title: Six heads, six roles
# minutes: 15
# difficulty: 1
# points: 7
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Take one row in the second half of a picture, say that of the second `owls`, and ask where it
#     is bright. In the first half, many heads have nothing to look for: where do they look then?
#   - >-
#     A line from corner to corner, a line just below it, a column, a faint triangle, and two lines
#     that begin half-way down: which role makes which of these? The last two differ by one column.
#   - |-
#     for each picture:
#         the second `owls` looks at which token: name its column
#         does the second `met` keep the same distance, or the same column, or neither?
#         read the six roles: which one says so?
#     a role that is left over belongs to the picture that is left over; does it fit?

# %% [markdown]
# The same text twice, and six real heads of SmolLM2-135M reading it. Row by row a picture shows
# what each token looks at; bright is 1. Give each picture its role, one of the names in `ROLES`;
# each role occurs once. Look and write down what you see, or let Python look: both count.

# %%
from attnlab.heatmaps import heatmaps  # noqa: E402
from IPython.display import display  # noqa: E402


def draw(names):
    """Three of the pictures, side by side."""
    maps = {name: PICTURES[name] for name in names}
    alt = f"Three attention maps, {', '.join(names)}; PICTURES holds their numbers."
    return heatmaps(maps, TOKENS, TOKENS, alt=alt, values=False)


display(draw("ABC"), draw("DEF"))


# %%
def predict_role(pictures):
    """The role of each head, by its picture.

    Args:
        pictures: ``PICTURES``: from names to maps ``(L, L)`` of the text ``TOKENS``.

    Returns:
        Dictionary from the name of each picture to a name in ``ROLES``.
    """
    ### BEGIN SOLUTION
    return {
        "A": "induction",
        "B": "first",
        "C": "itself",
        "D": "duplicate",
        "E": "previous",
        "F": "spread",
    }
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** The second `owls` tells them apart: A looks at the full stop behind the first
# `owls`, D at the first `owls`, E at `blue`, C at itself, B at the very first token, F at
# everything. In layers and heads from 0: A is (17, 5), B (18, 8), C (11, 6), D (5, 6), E (16, 0),
# F (0, 0).
#
# **The usual wrong turns.** A and D have the same line but for one column: D finds the copy, A what
# came after it. Both also have a bright first column, in rows with nothing to find: a head that has
# nothing to do must put its weight somewhere. B does so everywhere.
#
# **What production code does.** It does not trust pictures. These six were chosen since they are
# clear; most heads are mixtures, and what a head looks at is a hypothesis about what it does.
# Scores find candidates, and switching heads off tests them.

# %% [raw]
# exercise: previous_token_score
# title: Who looks one token back?
# minutes: 15
# difficulty: 2
# points: 5
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Draw a map of four tokens and mark the weights that count. How many are there, and on which
#     line do they lie?
#   - >-
#     They lie one below the main diagonal: row i, column i - 1. With padding, a row counts if two
#     tokens are real: which two? Add up what counts in all sentences together, then divide once.
#   - |-
#     weights, mask = as_batch(weights, mask)
#     previous = the line of each map that holds row i, column i - 1    # (B, H, L - 1)
#     counts   = is token i real, and the one before it?                # which shape?
#     what becomes of weights that do not count? Over which axes do you add up the rest?
#     divided by how many? And what if that is none?

# %% [markdown]
# How much of its attention does each head give to the token just before? Average the weight on
# position `i - 1` over all rows `i` that have a previous token: the first token has none, and its
# row does not count. With a mask, a row counts if its token *and* the one before are real. All rows
# of the batch count the same, so long sentences count for more.


# %%
def previous_token_score(weights, mask=None):
    """Mean weight on the previous token, of each head.

    Args:
        weights: ``(B, H, L, L)`` or ``(H, L, L)``, the last axis is that of the keys.
        mask: ``(B, L)``, or ``(L,)`` for one sentence, ``True`` for real tokens; padding stands in
            front or behind. None: all are real.

    Returns:
        ``(H,)`` in the dtype of ``weights``; zeros if no row counts.
    """
    ### BEGIN SOLUTION
    weights, mask = as_batch(weights, mask)
    previous = weights.diagonal(-1, dim1=-2, dim2=-1)  # (B, H, L - 1)
    counts = mask[:, 1:] & mask[:, :-1]  # (B, L - 1)
    total = (previous * counts[:, None]).sum(dim=(0, 2))  # (H,)
    return total / counts.sum().clamp(min=1)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** The weights with column = row - 1 lie on the diagonal below the main one,
# and it begins in row 1: the first token never enters. One sum over sentences and rows and one
# division give every row the same share.
#
# **The usual wrong turns.** The diagonal above the main one: the *next* token, rows and columns
# exchanged. A division by L, which counts a row that has no previous token; `arange(L) - 1` as an
# index does so too, and reads the *last* token there, since -1 counts from the end. Means of
# sentences averaged again: a sentence of three tokens then weighs as much as one of thirty.
#
# **What production code does.** TransformerLens finds such heads in much the same way: it
# multiplies each map by a template
# ([head_detector.py](https://github.com/TransformerLensOrg/TransformerLens/blob/main/transformer_lens/head_detector.py)).

# %% [raw]
# exercise: sink_mass
# title: How much goes to the first token?
# minutes: 15
# difficulty: 2
# points: 5
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Draw a map of four tokens. Which column is the first token's? Now let two tokens of padding
#     stand in front: which column is it then?
#   - >-
#     `mask.cumsum(-1)` counts the real tokens up to each position: where is it 1, at a real token?
#     That marks one column of each sentence. Rows that count are those of the other real tokens.
#   - |-
#     weights, mask = as_batch(weights, mask)
#     is_first = which position of each sentence?    # (B, L), one True each
#     on_first = what every row gives to that one     # (B, H, L)
#     counts   = which rows count, and whose not?     # (B, L)
#     added up over which axes? divided by how many? and if that is none?    # (H,)

# %% [markdown]
# Many heads park their attention on the first token, whatever it is: an attention *sink*. Average
# the weight on the first token over all rows but its own, which in a causal model has no choice.
# With a mask, the first token is the first *real* one of each sentence, and only rows of real
# tokens count. All rows of the batch count the same.


# %%
def sink_mass(weights, mask=None):
    """Mean weight on the first token, of each head (Xiao et al. 2023, "attention sinks").

    Args:
        weights: ``(B, H, L, L)`` or ``(H, L, L)``, the last axis is that of the keys.
        mask: ``(B, L)``, or ``(L,)`` for one sentence, ``True`` for real tokens; padding stands in
            front or behind. None: all are real.

    Returns:
        ``(H,)`` in the dtype of ``weights``; zeros if no row counts.
    """
    ### BEGIN SOLUTION
    weights, mask = as_batch(weights, mask)
    is_first = mask & (mask.cumsum(-1) == 1)  # (B, L)
    on_first = (weights * is_first[:, None, None]).sum(-1)  # (B, H, L)
    counts = mask & ~is_first  # (B, L)
    total = (on_first * counts[:, None]).sum(dim=(0, 2))  # (H,)
    return total / counts.sum().clamp(min=1)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** `is_first` has one `True` in each sentence, so the sum over keys picks one
# weight of each row. Rows of padding and the first token's own row are then left out of the sum and
# of the count.
#
# **The usual wrong turns.** Column 0, which is padding where padding stands in front; a padded
# batch then seems to have no sinks. The first token's own row, a sure 1 in every causal head: in a
# text of four tokens that alone makes .25. Row 0 in place of column 0: what the first token looks
# at.
#
# **What production code does.** A softmax must put its mass somewhere; the first token is what
# every later one can see. A sliding window that drops it breaks the model:
# [Xiao et al. 2023](https://arxiv.org/abs/2309.17453) keep the first four tokens beside the window,
# and the models they try stay stable up to 4 million tokens.

# %% [raw]
# exercise: head_entropy
# title: Sharp or spread out?
# minutes: 15
# difficulty: 2
# points: 5
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     By hand: what is -sum w log w of a row (1, 0, 0, 0), and of (.25, .25, .25, .25)? What does
#     `torch.log` say of the zeros?
#   - >-
#     w log w goes to 0 with w. `0 * log(0)` is not 0 for a computer: the logarithm comes first.
#     torch.special has functions that know this. First an entropy for each row, then their mean
#     over real tokens.
#   - |-
#     weights, mask = as_batch(weights, mask)
#     entropy = for each row, over its keys: which sum, with which sign?    # (B, H, L)
#               what stands where a weight is 0?
#     which rows count? how many are they in all sentences together?
#     one number for each head: over which axes does the mean run?           # (H,)

# %% [markdown]
# How widely does a head spread its attention? The entropy of a row, `-sum w log w` in nats, is 0 if
# one token gets all, and `log n` if `n` tokens share alike. Weights of exactly 0 occur in every
# causal map: `0 log 0` counts as 0. Average it over all rows of real tokens, each counting the
# same.


# %%
def head_entropy(weights, mask=None):
    """Mean entropy of the rows of each head, in nats.

    Args:
        weights: ``(B, H, L, L)`` or ``(H, L, L)``, the last axis is that of the keys.
        mask: ``(B, L)``, or ``(L,)`` for one sentence, ``True`` for real tokens; their rows count,
            the first token's as well. None: all are real.

    Returns:
        ``(H,)`` in the dtype of ``weights``, from 0 to ``log L``; zeros if no row counts.
    """
    ### BEGIN SOLUTION
    weights, counts = as_batch(weights, mask)
    entropy = torch.special.entr(weights).sum(-1)  # (B, H, L)
    total = (entropy * counts[:, None]).sum(dim=(0, 2))  # (H,)
    return total / counts.sum().clamp(min=1)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** `torch.special.entr` is `-w log w`, and 0 at 0. The sum runs over the keys of
# a row, the mean over rows and sentences. A real token puts nothing on padding, so its row needs no
# mask of its own; the rows *of* padding do.
#
# **The usual wrong turns.** `w * w.log()`: NaN from the first causal row on. `(w + 1e-8).log()`:
# good in float32, but float16 rounds 1e-8 to 0, and NaN is back. `log2`: bits, larger by 1.44. The
# entropy of the average map: heads that look at one token each, but every time another, seem to
# spread. A second softmax: `Categorical(logits=weights)` takes weights for scores.
#
# **What production code does.** [Zhai et al. 2023](https://arxiv.org/abs/2303.06296) watch it in
# training, head by head: where it gets very low, "entropy collapse", the loss oscillates or
# diverges.

# %% [raw]
# exercise: induction_score
# title: Who continues what was there before?
# minutes: 20
# difficulty: 3
# points: 6
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Write down A B C A B C A and number the tokens from 0. Token 4 is a B. Where was the B before,
#     and what followed it? Mark row 4 and that column.
#   - >-
#     Row i looks at i - period + 1: a line parallel to the diagonal. It begins in row period - 1:
#     is that token a repeat already?
#   - |-
#     weights, _ = as_batch(weights)
#     line  = row i, column i - period + 1, of every map      # how long is it?
#     which of its rows stand in the first copy? leave them out
#     mean over what is left and over sentences                # (H,)
#     and if nothing is left?

# %% [markdown]
# A text repeats with a period: token `i` equals token `i - period`, from `i = period` on. An
# *induction* head looks from a token to what came *after* its last copy, position `i - period + 1`:
# there stands what will come next. Average that weight over all rows that are repeats, those of the
# second, third and later copies; the last copy may be cut short. The first copy does not count.


# %%
def induction_score(weights, period):
    """Mean weight on the token behind the last copy, of each head (Olsson et al. 2022).

    Args:
        weights: ``(B, H, L, L)`` or ``(H, L, L)``, the last axis is that of the keys.
        period: after how many tokens the text repeats itself, an int from 1 to L.

    Returns:
        ``(H,)`` in the dtype of ``weights``; zeros if nothing is repeated, ``period == L``.
    """
    ### BEGIN SOLUTION
    weights, _ = as_batch(weights)
    line = weights.diagonal(1 - period, dim1=-2, dim2=-1)  # from row period - 1 on
    repeats = line[..., 1:]  # (B, H, L - period): from row period on
    total = repeats.sum(dim=(0, 2))  # (H,)
    return total / max(1, repeats.shape[0] * repeats.shape[2])
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Column = row - (period - 1) is a line parallel to the diagonal. Its first
# entry lies in row period - 1, the last token of the *first* copy, and is cut off.
#
# **The usual wrong turns.** The line one lower: the copy itself, which a *duplicate-token* head
# looks at. The whole line, with one row of the first copy: in a random text that row has nothing to
# copy from, so the score comes out too low. `L // 2` for the period: right for two copies only.
#
# **What production code does.** [Olsson et al. 2022](https://arxiv.org/abs/2209.11895) repeat 25
# random tokens four times and average the weights behind *all* earlier copies, in language models
# of many sizes. Random tokens, so that nothing but the copy can help; several periods, because a
# head that always looks 23 tokens back has a perfect score at period 24.

# %% [raw]
# exercise: dependency_accuracy
# title: Does a head find the verb?
# minutes: 25
# difficulty: 3
# points: 6
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Take one sentence of four words, one map, and the label of each word. Where does each word
#     look most? How often is that its label?
#   - >-
#     The heaviest key of each row against `head_index`, for rows with a label. The baseline looks
#     at no map: which one offset, from a word to its label, is the most frequent?
#   - |-
#     weights to (B, H, L, L), head_index to (B, L)
#     labelled = which tokens count?                       # (B, L)
#     heaviest key of each row                             # (B, H, L)
#     accuracy = share of labelled tokens where both agree # (H,)
#     offsets  = label minus own position, of labelled tokens
#     baseline = share of the most frequent offset

# %% [markdown]
# In a labelled sentence each word has a *syntactic head*, the word it depends on: an object its
# verb, an adjective its noun. `head_index` holds the position of each token's syntactic head; -1
# where there is none, or none of the kind you look for, or padding. (The root of a sentence may be
# labelled with its own position, and counts like any other token.) In how many of the labelled rows
# does an attention head give that position the largest weight? If several keys are equally heavy,
# the first counts.
#
# A number alone says little: if that is mostly the next word, an attention head that always looks
# one ahead is right as often. So return the *baseline* too: the share that one fixed offset gets
# right, the best of all offsets, 0 among them, for all sentences together. Which of equally good
# offsets that is does not matter.


# %%
def dependency_accuracy(weights, head_index):
    """How often each head looks at the syntactic head, and how often a fixed offset would.

    Args:
        weights: ``(B, H, L, L)`` or ``(H, L, L)``, the last axis is that of the keys.
        head_index: ``(B, L)`` or ``(L,)``, whole numbers: the position of each token's syntactic
            head, -1 where a token does not count.

    Returns:
        ``(accuracy, baseline)``: a tensor ``(H,)`` of shares in the dtype of ``weights``, and a
        float. Both are 0 if no token counts.
    """
    ### BEGIN SOLUTION
    weights, _ = as_batch(weights)
    head_index = torch.atleast_2d(head_index)
    labelled = head_index >= 0  # (B, L)
    total = max(1, int(labelled.sum()))
    heaviest = weights.argmax(dim=-1)  # (B, H, L)
    hits = (heaviest == head_index[:, None]) & labelled[:, None]  # (B, H, L)
    accuracy = hits.sum(dim=(0, 2)).to(weights.dtype) / total
    offsets = (head_index - torch.arange(head_index.shape[1]))[labelled]
    _, counts = offsets.unique(return_counts=True)
    baseline = int(counts.max()) / total if len(counts) else 0.0
    return accuracy, baseline
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Both numbers are shares of the same tokens, so they can be compared. What is
# above the baseline cannot be had by looking a fixed number of words away.
#
# **The usual wrong turns.** Columns for rows: then words are asked who looks at them. Tokens
# without a label counted as wrong. A baseline of "the next word", which is not always the best one;
# or the best offset of each sentence for itself, which no head could know.
#
# **What production code does.** [Clark et al. 2019](https://arxiv.org/abs/1906.04341) did this for
# BERT, with the same baseline: its head 8-10 finds the verb of a direct object in 86.8 % of cases.

# %% [raw]
# exercise: choose_and_test
# title: Chosen here, tested there
# minutes: 15
# difficulty: 2
# points: 5
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     The best of a hundred heads that all guess looks good on the sentences it was chosen on. On
#     which sentences is its score honest?
#   - >-
#     Rows 0, 2, 4, ... choose the head with the highest mean; rows 1, 3, 5, ... say how good *that*
#     head is.
#   - |-
#     two halves of the rows: which slices?
#     mean of each head in the first half -> the best one, and its mean
#     mean of the same head in the other half

# %% [markdown]
# `scores_by_sentence` holds the score of each head on each sentence. Choose the best head by the
# mean over sentences 0, 2, 4, ... and report its mean over sentences 1, 3, 5, ... beside the one it
# was chosen by. Of equally good heads the first is chosen.


# %%
def choose_and_test(scores_by_sentence):
    """The best head of one half of the sentences, and its score on the other half.

    Args:
        scores_by_sentence: ``(sentences, H)``, two sentences at least.

    Returns:
        ``(head, chosen, held_out)``: index of the head, an int; its mean score on the sentences
        with even index, by which it was chosen, and on those with odd index, floats.
    """
    ### BEGIN SOLUTION
    chosen = scores_by_sentence[0::2].mean(dim=0)  # (H,)
    held_out = scores_by_sentence[1::2].mean(dim=0)  # (H,)
    head = int(chosen.argmax())
    return head, chosen[head].item(), held_out[head].item()
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** The largest of many noisy means is partly luck, and luck does not repeat. The
# other half knows nothing of the choice.
#
# **The usual wrong turns.** Choosing on all sentences and reporting half of them. Taking the best
# head of *each* half: that is a second choice, and as lucky as the first.
#
# **What production code does.** A validation set that nothing is chosen on, and a note of how many
# candidates were tried.

# %% [markdown]
# ## Switching heads off
#
# The next two exercises take a module of unit 04, yours or the course's.

# %% [raw]
# exercise: ablate_heads
# title: A gate for each head
# minutes: 25
# difficulty: 3
# points: 7
# prerequisites: [MultiHeadAttention, masked_attention, split_heads, merge_heads]
# forbidden: []
# hints:
#   - >-
#     In which step of the module do heads still stand apart, and where are they mixed?
#   - >-
#     Between attention and merging the layout is `(B, H, L, d_head)`. A gate multiplies everything
#     of its head there. What comes after, `o_proj` with its bias, stays.
#   - |-
#     q, k, v = projections of x, as heads       # (B, H, L, d_head)
#     what each head found, under the mask       # (B, H, L, d_head)
#     times its gate: which shape must gates have for that?
#     two steps back to (B, L, d_model)

# %% [markdown]
# The output of `mha` on `x`, with what each head found multiplied by its gate *before* the output
# projection: 1 leaves a head as it is, 0 takes it out, 0.5 halves it. Gradients reach the gates.
# The module is left as it is.


# %%
def ablate_heads(mha, x, gates, mask=None):
    """Multi-head self-attention with a gate on each head (Michel et al. 2019).

    Args:
        mha: a ``MultiHeadAttention`` of unit 04: ``q_proj``, ``k_proj``, ``v_proj``, ``o_proj`` and
            ``num_heads``.
        x: ``(B, L, d_model)``.
        gates: ``(H,)``.
        mask: boolean, broadcasts to ``(B, H, L, L)``, True = may attend; None means no mask.

    Returns:
        Tensor ``(B, L, d_model)`` in the dtype of ``x``.
    """
    ### BEGIN SOLUTION
    q = split_heads(mha.q_proj(x), len(gates))  # (B, H, L, d_head)
    k = split_heads(mha.k_proj(x), len(gates))  # (B, H, L, d_head)
    v = split_heads(mha.v_proj(x), len(gates))  # (B, H, L, d_head)
    heads, _ = masked_attention(q, k, v, mask)  # (B, H, L, d_head)
    heads = heads * gates[:, None, None]
    return mha.o_proj(merge_heads(heads))  # (B, L, d_model)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** `o_proj` adds up what all heads found, each through its own columns. Before
# it a head can be taken out alone; behind it nothing can be told apart. Its bias belongs to no
# head.
#
# **The usual wrong turns.** Gates on the output: they would scale blocks of `d_model`, which are no
# heads. Gates on the scores or on the queries: with scores of 0 the softmax shares out alike, and
# the head still brings a mean of its values.
#
# **What production code does.** A hook in front of `o_proj` multiplies slices of its input. That an
# ablation takes out more than the head (later layers were trained to expect it) is why results are
# compared with control heads.


# %% [raw]
# exercise: head_importance
# title: Important, by one gradient
# minutes: 20
# difficulty: 3
# points: 6
# prerequisites: [MultiHeadAttention, ablate_heads]
# forbidden: []
# hints:
#   - >-
#     How much does the loss change if a gate goes from 1 to a little less than 1? For all gates at
#     once, which function of PyTorch tells that?
#   - >-
#     Gates of ones that require a gradient, `ablate_heads`, the loss, the gradient. Its size
#     counts, not its sign. `torch.autograd.grad` leaves the module's own `.grad` alone.
#   - |-
#     gates = ones, one for each head: in which dtype? what must they require?
#     value = loss of the output under these gates
#     gradient of value with respect to gates     # (H,)
#     size of each

# %% [markdown]
# How important is each head for `loss`? By the size of the gradient of the loss with respect to its
# gate, where all gates are 1. `loss` takes the output `(B, L, d_model)` and gives one number, as
# `squared_distance(target)` of the first cell does. The module is left as it is, the gradients of
# its weights included.


# %%
def head_importance(mha, x, loss, mask=None):
    """Importance of each head by the gradient of its gate (Michel et al. 2019, Section 4.1).

    Args:
        mha, x, mask: as in ``ablate_heads``.
        loss: a function from the output ``(B, L, d_model)`` to a tensor with one number.

    Returns:
        ``(H,)`` in the dtype of ``x``, none below 0, without a graph.
    """
    ### BEGIN SOLUTION
    gates = torch.ones(mha.num_heads, dtype=x.dtype, requires_grad=True)
    value = loss(ablate_heads(mha, x, gates, mask))
    (gradient,) = torch.autograd.grad(value, gates)
    return gradient.abs()
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** The gradient is the slope at 1: what a *small* change of a gate does. One
# backward pass gives it for all heads, where ablation needs a run for each.
#
# **The usual wrong turns.** The sign kept: a head that lowers the loss and one that raises it are
# both at work. `value.backward()`: it also fills `.grad` of every weight, and the next training
# step uses it. Gates at 0: the slope there tells of a model without heads.
#
# **What production code does.** The lesson holds it against ablation, one head at a time. Where the
# loss is nearly straight between 1 and 0 both agree; for heads that matter much it is not.

# %% [raw]
# exercise: head_similarity
# title: Which heads are alike?
# minutes: 25
# difficulty: 4
# points: 6
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Two rows of weights are two distributions over keys. Mix them half and half: how far is each
#     from the mixture?
#   - >-
#     Jensen-Shannon: the mean of the two Kullback-Leibler divergences from the mixture. Or: entropy
#     of the mixture minus the mean of the two entropies. `torch.special.xlogy` knows that 0 log 0
#     is 0.
#   - |-
#     weights, mask = as_batch(weights, mask)
#     for each pair of heads:
#         mixture of their rows                           # (B, L, L)
#         divergence of each row, in nats                 # (B, L)
#         mean over rows of real tokens
#     is entry (i, j) that of (j, i)? what is (i, i)?

# %% [markdown]
# How far apart are the maps of two heads? For each query, the Jensen-Shannon divergence of the two
# rows, in nats: `JS(p, q) = (KL(p, m) + KL(q, m)) / 2` with `m = (p + q) / 2`, where `KL(p, m)` is
# the sum of `p * log(p / m)`. Averaged over all rows of real tokens of all sentences, in the dtype
# of the weights. 0 means alike, `log 2` that they never look at the same key.


# %%
def head_similarity(weights, mask=None):
    """Jensen-Shannon divergence between the maps of every two heads, in nats (Lin 1991).

    Args:
        weights: ``(B, H, L, L)`` or ``(H, L, L)``, the last axis is that of the keys.
        mask: ``(B, L)`` or ``(L,)``, ``True`` for real tokens; None if all are.

    Returns:
        ``(H, H)``, symmetric, from 0 (alike) to ``log 2``, finite also where weights are 0.
    """
    ### BEGIN SOLUTION
    weights, mask = as_batch(weights, mask)
    entropy = -torch.special.xlogy(weights, weights).sum(-1)  # (B, H, L)
    rows = []
    for i in range(weights.shape[1]):
        mixture = (weights[:, i : i + 1] + weights) / 2  # (B, H, L, L)
        of_mixture = -torch.special.xlogy(mixture, mixture).sum(-1)  # (B, H, L)
        divergence = of_mixture - (entropy[:, i : i + 1] + entropy) / 2  # (B, H, L)
        total = (divergence * mask[:, None]).sum(dim=(0, 2))  # (H,)
        rows.append(total / mask.sum().clamp(min=1))
    return torch.stack(rows).clamp(min=0)  # (H, H)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** KL alone is infinite where one head looks and the other never does. Against
# the mixture nothing is infinite: it has at least half of each.
#
# **The usual wrong turns.** The sum of the two divergences without the half. The square root, which
# is a *distance*. KL of two mean maps: two heads can agree on average and never in one row.
#
# **What production code does.** [Clark et al. 2019](https://arxiv.org/abs/1906.04341) draw a map of
# BERT's heads by this number, and see clusters, often of one layer. Unit 07 asks which heads may
# share keys: the lesson tries whether those that are alike by it are the right ones.
