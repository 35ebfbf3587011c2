# mistake: changes the first tokens and looks whether later outputs stay
# why: mixes up which side may depend on which
import torch


def causality_test(attend):
    for length in (4, 20, 50):
        x = torch.randn(3, length, 16, dtype=torch.float64)
        y = x.clone()
        half = length // 2
        y[:, :half] = torch.randn(3, half, 16, dtype=torch.float64)
        if not torch.allclose(attend(x)[:, half:], attend(y)[:, half:], atol=1e-9):
            return False
    return True
