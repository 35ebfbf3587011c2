# names:
# Everything computed from my_results(); rows indexed by pairs, an Enum with a classmethod for the
# bound.
import enum


class Bound(str, enum.Enum):  # noqa: UP042
    memory = "memory"
    compute = "compute"

    @classmethod
    def of(cls, intensity, balance=3):
        return (cls.compute if intensity > balance else cls.memory).value


def my_conclusions():
    """What the table of ``my_results`` shows about 8 KV heads against 1."""
    table = {(row["name"], row["num_kv_heads"]): row for row in my_results()}  # noqa: F821
    names = list(dict.fromkeys(name for name, _ in table))

    def ratio(name, key):
        return table[name, 8][key] / table[name, 1][key]

    def apart(name):
        rows = sorted((table[name, heads] for heads in (8, 1)), key=lambda row: row["low"])
        return rows[0]["high"] < rows[1]["low"]

    return {
        "bytes_ratio": ratio("long", "kv_bytes"),
        "flops_ratio": ratio("long", "flops"),
        **{f"{name}_speedup": ratio(name, "median") for name in names},
        "told_apart": [name for name in names if apart(name)],
        "bound": {name: Bound.of(table[name, 8]["intensity"]) for name in names},
    }
