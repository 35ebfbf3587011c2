# mistake: drops the query's own key instead of the farthest one; and the letter is wrong
# why: "one key too many", and > is the sign that is changed first
import torch


def incident_5():
    def mask(q_len, k_len, window):
        query = torch.arange(k_len - q_len, k_len)[:, None]
        key = torch.arange(k_len)
        distance = query - key
        return (distance > 0) & (distance <= window)

    return "c", mask
