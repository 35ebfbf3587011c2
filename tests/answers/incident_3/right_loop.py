# names:
# Token by token, in plain Python.
import torch


def incident_3():
    def positions(mask):
        rows = []
        for row in mask.tolist():
            count, found = 0, []
            for real in row:
                found.append(count)
                count += real
            rows.append(found)
        return torch.tensor(rows)

    return "c", positions
