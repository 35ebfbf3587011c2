# names:
# A document also sees the last token of the one before.
import torch


def incident_4():
    def mask(documents):
        same = documents[:, None] == documents
        before = torch.cat((documents[1:], documents[-1:]))
        return (same | (documents[:, None] == before)).tril()

    return "b", mask
