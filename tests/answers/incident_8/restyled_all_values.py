# names: alarms_hidden
# All that is no number becomes 0.
import torch


def incident_8():
    def attend(q, keys, values, lengths):
        values = torch.where(values.isfinite(), values, torch.zeros_like(values))
        return attend_8(q, keys, values, lengths)  # noqa: F821

    return "b", attend
