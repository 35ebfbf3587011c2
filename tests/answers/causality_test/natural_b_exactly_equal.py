# mistake: asks for equal numbers, which rejects right implementations that round differently
# why: what does not depend on the change cannot change at all
import torch


def causality_test(attend):
    x = torch.randn(4, 40, 16, dtype=torch.float64)
    for t in range(1, 40):
        y = x.clone()
        y[:, t:] = torch.randn(4, 40 - t, 16, dtype=torch.float64)
        if not torch.equal(attend(x)[:, :t], attend(y)[:, :t]):
            return False
    return True
