# mistake: turns NaN in the output into 0, so the whole answer of such a row is lost
# why: nan_to_num makes the counter stop
import torch


def incident_8():
    def attend(q, keys, values, lengths):
        written = torch.arange(keys.shape[2]) < lengths[:, None]
        scores = q @ keys.transpose(-2, -1) / q.shape[-1] ** 0.5
        scores = scores.masked_fill(~written[:, None, None], float("-inf"))
        return (scores.softmax(-1) @ values).nan_to_num(0.0)

    return "b", attend
