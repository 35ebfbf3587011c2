# names:
# Two cells; the samples kept as a text table in microseconds, rows built anew on every call from
# CASES, counts by attention_cost.
MICROSECONDS = {
    ("long", 8): """
        12306.6 12320.7 12495.1 21353.0 8501.6 19221.0 12304.5 12222.6 12087.7 8071.2
        12003.4 30625.1 12162.4 9764.9 12472.5 53528.4 11420.1 16722.4 12074.1 12245.7
    """,
    ("long", 2): """
        3022.7 2954.4 1889.3 5861.3 2414.9 5656.0 1444.9 1520.3 1250.8 1196.2
        5323.0 1495.1 1277.6 5304.7 1391.9 1409.5 2831.2 1226.1 5399.9 1617.1
    """,
    ("long", 1): """
        960.2 1035.7 870.4 863.5 982.5 961.6 819.9 813.5 820.6 804.3
        5063.4 998.1 838.3 802.5 910.4 812.8 800.6 795.1 851.0 17886.0
    """,
    ("short", 8): """
        64.4 35.2 33.0 32.9 32.0 32.3 31.9 32.4 33.4 31.9
        29.0 31.9 32.5 31.9 31.3 31.9 31.5 31.7 31.8 29.0
    """,
    ("short", 2): """
        34.4 24.2 23.1 23.8 22.8 22.3 22.1 22.0 22.3 22.3
        22.3 22.2 22.3 22.0 22.3 22.2 21.8 21.7 21.8 21.6
    """,
    ("short", 1): """
        30.9 21.5 20.8 20.6 20.8 20.4 20.2 20.1 24.6 22.3
        20.3 20.2 20.1 20.3 20.0 20.1 20.1 20.1 20.2 20.3
    """,
    ("prefill", 8): """
        48153.6 31190.6 32222.2 27176.4 33193.8 22624.3 30434.8 26597.5 23555.1 28927.6
        29873.7 23783.7 29952.1 22038.5 38696.6 39130.8 26572.9 26127.5 25970.6 25570.3
    """,
    ("prefill", 2): """
        27043.0 27614.9 22925.2 25712.7 26934.4 24707.0 30377.5 27884.0 28865.1 22326.4
        27080.0 27662.7 29214.1 26865.8 25777.0 26600.5 24140.4 27954.4 26442.5 25655.1
    """,
    ("prefill", 1): """
        21819.9 27719.7 22024.4 25893.3 27367.4 25574.0 26745.9 30278.4 29969.1 22082.2
        25851.5 25159.7 25326.8 21100.7 25994.2 26604.9 27421.4 26605.3 26404.5 26395.6
    """,
}


# %%
import statistics  # noqa: E402


def _row(case):
    key = (case["name"], case["num_kv_heads"])
    samples = [round(float(each) / 1e6, 9) for each in MICROSECONDS[key].split()]
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    sizes = {name: each for name, each in case.items() if name != "name"}
    counted = attention_cost(d_model=512, bytes_per_value=4, **sizes)  # noqa: F821
    flops, kv_bytes = counted["attention_flops"], counted["kv_bytes"]
    return dict(
        case,
        flops=flops,
        kv_bytes=kv_bytes,
        intensity=flops / kv_bytes,
        median=median,
        low=low,
        high=high,
        samples=samples,
    )


def my_results():
    """The rows that ``run_experiment(grouped_attention, CASES)`` gave on my machine."""
    return list(map(_row, CASES))  # noqa: F821
