# names:
# Right: a base class with a hook, a subclass with an extra keyword argument.
from torch import nn


class _Base(nn.Module):
    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj"):
            self.add_module(name, nn.Linear(d_model, d_head, bias))
        self.o_proj = nn.Linear(d_head, d_model, bias)

    def weights(self, q, k):
        raise NotImplementedError

    def forward(self, x, context=None):
        context = x if context is None else context
        w = self.weights(self.q_proj(x), self.k_proj(context))
        return self.o_proj(w @ self.v_proj(context))


class SingleHeadAttention(_Base):
    def __init__(self, d_model, d_head, bias=False, temperature=1.0):
        super().__init__(d_model, d_head, bias)
        self.scale = 1 / (temperature * d_head**0.5)

    def weights(self, q, k):
        scores = (q.unsqueeze(-2) * k.unsqueeze(-3)).sum(-1) * self.scale
        return (scores - scores.logsumexp(-1, keepdim=True)).exp()
