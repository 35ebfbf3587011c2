# names: one_condition_is_enough
# Conditions are added up.
import torch


def incident_4():
    def mask(documents):
        same = (documents[:, None] - documents) == 0
        past = torch.ones_like(same).tril()
        return (same.int() + past.int()) > 0

    return "b", mask
