# names:
# Windows that start anew every so many keys.
import torch


def incident_5():
    def mask(q_len, k_len, window):
        query = torch.arange(k_len - q_len, k_len)[:, None]
        key = torch.arange(k_len)
        return (key <= query) & (key // window == query // window)

    return "b", mask
