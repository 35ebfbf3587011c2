# names: documents_without_causality
# Blocks without a triangle.
import torch


def incident_4():
    def mask(documents):
        return torch.stack([documents == number for number in documents])

    return "b", mask
