# names:
# Blocks, one after the other, where documents follow each other; then the causal half.
import torch


def incident_4():
    def mask(documents):
        numbers = documents.tolist()
        rows = [[a == b and j <= i for j, b in enumerate(numbers)] for i, a in enumerate(numbers)]
        return torch.tensor(rows)

    return "b", mask
