# mistake: returns True where a later input does change an output
# why: the test finds leaks, so finding one is its True
import torch


def causality_test(attend):
    x = torch.randn(4, 48, 32, dtype=torch.float64)
    out = attend(x)
    for t in range(1, 48):
        y = x.clone()
        y[:, t] = 3 * torch.randn(4, 32, dtype=torch.float64)
        if (attend(y)[:, :t] - out[:, :t]).abs().max() > 1e-9:
            return True
    return False
