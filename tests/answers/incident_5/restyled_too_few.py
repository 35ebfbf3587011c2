# names: one_key_too_few
# Triangles that are one too narrow.
import torch


def incident_5():
    def mask(q_len, k_len, window):
        ones = torch.ones(q_len, k_len, dtype=torch.bool)
        return ones.tril(k_len - q_len) & ones.triu(k_len - q_len - window + 2)

    return "b", mask
