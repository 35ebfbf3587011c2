# mistake: one text of 8 tokens and a change of the last one only
# why: "change the future: does the past move?", once
import torch


def causality_test(attend):
    x = torch.randn(1, 8, 16)
    changed = x.clone()
    changed[:, -1] = torch.randn(16)
    before, after = attend(x)[:, :-1], attend(changed)[:, :-1]
    return torch.allclose(before, after, atol=1e-5)
