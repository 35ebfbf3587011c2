# names: queries_from_the_start
# Triangles from the top left corner.
import torch


def incident_5():
    def mask(q_len, k_len, window):
        ones = torch.ones(q_len, k_len, dtype=torch.bool)
        return ones.tril() & ones.triu(1 - window)

    return "b", mask
