# names:
# A lower triangle of equalities.
import torch


def incident_4():
    return "b", lambda documents: torch.eq(
        *torch.meshgrid(documents, documents, indexing="ij")
    ).tril()
