# names:
# Each row has so many keys up to its own.
import torch


def incident_5():
    def mask(q_len, k_len, window):
        allowed = torch.zeros(q_len, k_len, dtype=torch.bool)
        for i in range(q_len):
            last = k_len - q_len + i
            allowed[i, max(0, last - window + 1) : last + 1] = True
        return allowed

    return "b", mask
