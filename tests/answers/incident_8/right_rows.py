# names:
# Row by row, on what is written.
import torch


def incident_8():
    def attend(q, keys, values, lengths):
        rows = []
        for b, n in enumerate(lengths.tolist()):
            scores = q[b] @ keys[b, :, :n].transpose(-2, -1) / q.shape[-1] ** 0.5
            rows.append(scores.softmax(-1) @ values[b, :, :n])
        return torch.stack(rows)

    return "b", attend
