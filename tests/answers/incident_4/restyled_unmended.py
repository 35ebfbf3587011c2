# names: not_mended
# Positions are compared, documents are not.
import torch


def incident_4():
    def mask(documents):
        place = torch.arange(len(documents))
        return place[:, None] >= place

    return "b", mask
