# %% [markdown]
# # Exercises 03: many heads
#
# Several heads that run side by side, written as a loop, and what they cost in parameters.
# The [lesson](../../lessons/03_many_heads.ipynb) shows every idea you need, with numbers.
#
# From here on a mask broadcasts to `(B, H, L_q, L_k)`: each head can have a mask of its own.
#
# `mine("masked_attention")` brings your own function from unit 02, and the course's where yours
# does not pass yet; it says which.

# %%
import torch
from torch import nn

from autograder import check, hint, mine, status

masked_attention = mine("masked_attention")

# %% [raw]
# exercise: MultiHeadLoop
# title: A loop of heads
# minutes: 40
# difficulty: 3
# points: 16
# prerequisites: [masked_attention]
# forbidden: [attention]
# hints:
#   - >-
#     One head is three small projections and one call of `masked_attention`. What do H heads share,
#     and what does each have for itself? Where do their outputs meet?
#   - >-
#     `nn.ModuleList` holds the heads, and each head holds `q_proj`, `k_proj`, `v_proj`, for
#     instance in an `nn.ModuleDict`. Join the outputs of the heads along the last axis, head 0
#     first; the one `o_proj` mixes them. Bring the mask to `(B, H, L_q, L_k)` first: head i then
#     takes `mask[:, i]`.
#   - |-
#     in __init__: if no d_head is given, what is it, and when is there a ValueError?
#                  which container makes the heads known to the module? What does each hold?
#                  o_proj goes from which width to which?
#     in forward:  if no context is given, what takes its place?
#                  the mask to (B, H, L_q, L_k): before the loop, or in it?
#                  for each head:
#                      q, k, v: which of them from x, which from context?
#                      which part of the mask is its own?     # (B, L_q, L_k)
#                      output of the head                     # (B, L_q, d_head)
#                  all outputs to (B, L_q, H * d_head): along which axis?
#                  and what comes last?

# %% [markdown]
# Give every head its own projections from `d_model` to `d_head`, run the heads one after the other,
# put their outputs side by side, and mix them by one output projection.
#
# - The submodules are called `heads.0.q_proj`, `heads.0.k_proj`, `heads.0.v_proj`,
#   `heads.1.q_proj`, ... (`nn.Linear`), and one shared `o_proj` from `num_heads * d_head` to
#   `d_model`. All of them have a bias, or none.
# - `d_head=None` means `d_model // num_heads`. Raise a `ValueError` if that does not divide. A
#   `d_head` that is given need not have anything to do with `d_model`.
# - The outputs are joined in the order of the heads: head 0 comes first.
# - The mask broadcasts to `(B, H, L_q, L_k)`. A padding mask `(B, 1, L_k)` therefore comes as
#   `padding[:, None]`.


# %%
class MultiHeadLoop(nn.Module):
    """Multi-head attention as a loop over heads (Vaswani et al. 2017, Section 3.2.2).

    Args:
        d_model: width of the model, in and out.
        num_heads: number of heads, H.
        d_head: width of one head; ``None`` means ``d_model // num_heads``.
        bias: whether the projections have a bias.

    Raises:
        ValueError: ``d_head`` is not given, and ``num_heads`` does not divide ``d_model``.
    """

    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        ### BEGIN SOLUTION
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError(f"{num_heads} heads do not divide d_model={d_model}: give d_head")
            d_head = d_model // num_heads
        self.heads = nn.ModuleList(
            nn.ModuleDict(
                {
                    "q_proj": nn.Linear(d_model, d_head, bias=bias),
                    "k_proj": nn.Linear(d_model, d_head, bias=bias),
                    "v_proj": nn.Linear(d_model, d_head, bias=bias),
                }
            )
            for _ in range(num_heads)
        )
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)
        ### END SOLUTION

    def forward(self, x, context=None, mask=None):
        """Attend from ``x (B, L_q, d_model)`` to ``context (B, L_k, d_model)``, or to ``x`` itself.

        Args:
            x: where the queries come from.
            context: where keys and values come from; ``None`` means ``x``.
            mask: boolean, broadcasts to ``(B, H, L_q, L_k)``, ``True`` = may attend.

        Returns:
            Tensor ``(B, L_q, d_model)``. A query with no key to attend to gets ``o_proj``'s bias.
        """
        ### BEGIN SOLUTION
        if context is None:
            context = x
        if mask is not None:
            shape = (x.shape[0], len(self.heads), x.shape[1], context.shape[1])
            mask = mask.broadcast_to(shape)  # (B, H, L_q, L_k)
        outputs = []
        for i, head in enumerate(self.heads):
            q = head["q_proj"](x)  # (B, L_q, d_head)
            k = head["k_proj"](context)  # (B, L_k, d_head)
            v = head["v_proj"](context)  # (B, L_k, d_head)
            own_mask = None if mask is None else mask[:, i]  # (B, L_q, L_k)
            output, _ = masked_attention(q, k, v, own_mask)
            outputs.append(output)
        joined = torch.cat(outputs, dim=-1)  # (B, L_q, H * d_head)
        return self.o_proj(joined)
        ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Every head looks things up by itself: its own queries, its own keys, its own
# softmax. Only `o_proj` sees all of them. Its columns `0 .. d_head-1` read head 0, the next
# `d_head` columns head 1, and so on; that is why the order of joining matters to anyone who loads
# trained weights.
#
# **The usual wrong turns.** `[head] * num_heads` builds *one* head and lists it H times. A plain
# Python list hides the heads from `parameters()`. An output projection inside each head gives
# other names, and H biases in place of one. Adding the outputs instead of joining them makes
# `o_proj` too wide. A padding mask `(B, 1, L_k)` without its new axis is read as `(H, 1, L_k)`:
# PyTorch raises an error as long as `B != H`, and silently masks the wrong thing when they are
# equal.
#
# **What production code does.** It never loops over heads. Unit 04 puts the H small matrices into
# one large one, and gets the same numbers from one multiplication.

# %% [raw]
# exercise: parameter_count
# title: What the heads cost
# minutes: 10
# difficulty: 1
# points: 2
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     An `nn.Linear(a, b)` holds a matrix of `a * b` numbers, and `b` more if it has a bias. How
#     many such layers are there, and how wide is each?
#   - >-
#     Put the H heads side by side: their queries together are `num_heads * d_head` wide, and so are
#     the keys and the values. `o_proj` goes from that width back to `d_model`: its bias is
#     `d_model` long.
#   - |-
#     width   = of all heads side by side: what?
#     weights = how many matrices, of which two shapes?
#     biases  = as long as what comes out of each layer: which one is not as long as the others?
#     return which of the two, without biases?

# %% [markdown]
# How many numbers does `MultiHeadLoop(d_model, num_heads, d_head, bias)` learn? Count weights and
# biases of all projections. The answer is an `int`.


# %%
def parameter_count(d_model, num_heads, d_head, bias=True):
    """Number of parameters of multi-head attention.

    Three matrices of shape ``(num_heads * d_head, d_model)``, one of the transposed shape, and
    their biases.

    Args:
        d_model: width of the model.
        num_heads: number of heads, H.
        d_head: width of one head; it need not be ``d_model // num_heads``.
        bias: whether the projections have a bias.

    Returns:
        An ``int``.
    """
    ### BEGIN SOLUTION
    width = num_heads * d_head
    weights = 3 * d_model * width + width * d_model
    biases = 3 * width + d_model
    return weights + biases if bias else weights
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Queries, keys and values of all heads together are `num_heads * d_head` wide,
# so each of the four matrices has `d_model * num_heads * d_head` entries. With
# `d_head = d_model // num_heads` that is `4 * d_model**2` for *every* number of heads: more heads
# cost no more parameters.
#
# **The usual wrong turns.** The output projection or the biases forgotten; a bias of `o_proj` as
# wide as the heads, though it has the width of the model; one head counted instead of H.
#
# **What production code does.** Llama, Mistral and SmolLM2 have no biases here. Gemma-7B has 16
# heads of width 256 on a model of width 3072: `4 * d_model**2` would be wrong for it.

# %% [raw]
# exercise: inconsistent_model
# title: One of these cannot be
# minutes: 10
# difficulty: 2
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     A shape that looks odd may be right, and one that looks natural may be wrong. Which numbers of
#     a model decide each of its shapes?
#   - >-
#     Take the models one by one. `nn.Linear(a, b)` has a weight `(b, a)` and a bias `(b,)`. What
#     are a and b for a head's `q_proj`, and for `o_proj`? Nothing demands that `num_heads * d_head`
#     be `d_model`.
#   - |-
#     for each model, with width = what all heads deliver side by side:
#         q_proj of one head: from ... to ...; which of the two is the length of its bias?
#         o_proj: from ... to ...; which of the two is the length of its bias?
#         compare with the four shapes of the table; where there are no biases, with two
#     the one that differs: its letter, its tensor, and the shape from your own list

# %% [markdown]
# Somebody typed the shapes of five models from their files, and made one mistake. `num_heads`,
# `d_head` and `bias` are right; every head has the same shapes, and its `k_proj` and `v_proj` have
# those of its `q_proj`. Four of these can be built as `MultiHeadLoop(d_model, num_heads, d_head,
# bias)`, however odd they look.
#
# Which one cannot be, by which of its tensors, and which shape must that one have? You may work it
# out on paper and write down what you found, or let Python look.

# %%
CARDS = {
    "A": {
        "d_model": 768,
        "num_heads": 12,
        "d_head": 64,
        "bias": False,
        "q_proj.weight": (64, 768),
        "o_proj.weight": (768, 768),
    },
    "B": {
        "d_model": 3072,
        "num_heads": 16,
        "d_head": 256,
        "bias": False,
        "q_proj.weight": (256, 3072),
        "o_proj.weight": (3072, 4096),
    },
    "C": {
        "d_model": 640,
        "num_heads": 8,
        "d_head": 64,
        "bias": True,
        "q_proj.weight": (64, 640),
        "q_proj.bias": (64,),
        "o_proj.weight": (640, 512),
        "o_proj.bias": (512,),
    },
    "D": {
        "d_model": 512,
        "num_heads": 1,
        "d_head": 512,
        "bias": True,
        "q_proj.weight": (512, 512),
        "q_proj.bias": (512,),
        "o_proj.weight": (512, 512),
        "o_proj.bias": (512,),
    },
    "E": {
        "d_model": 1024,
        "num_heads": 4,
        "d_head": 32,
        "bias": True,
        "q_proj.weight": (32, 1024),
        "q_proj.bias": (32,),
        "o_proj.weight": (1024, 128),
        "o_proj.bias": (1024,),
    },
}


def inconsistent_model():
    """The one of ``CARDS`` that cannot be.

    Returns:
        Dictionary with ``model`` (its letter), ``tensor`` (which one is wrong, as it is called in
        ``CARDS``) and ``shape`` (what it must be, a tuple of ints).
    """
    ### BEGIN SOLUTION
    model = "C"
    tensor = "o_proj.bias"
    shape = (CARDS[model]["d_model"],)
    return {"model": model, "tensor": tensor, "shape": shape}
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** `o_proj` goes from the width of all heads together, 8 * 64 = 512, back to
# `d_model` = 640. Its weight `(640, 512)` says so, and a bias is as long as what comes out: 640.
#
# **The usual wrong turns.** B and E, whose heads together are wider or narrower than the model:
# `d_head` may be chosen freely, and Gemma-7B has B's shapes. A without biases, D with a single
# head: both are options like any other. The weight of `o_proj` in C, read as (in, out):
# `nn.Linear` stores (out, in).
#
# **What production code does.** `load_state_dict` compares all shapes and names the one that does
# not fit. What it cannot tell is *which side* is wrong, the file or the configuration: that needs
# what you just did.
