# mistake: measures anew in every call instead of keeping the rows of one run
# why: copying numbers by hand looks like bad style: the function can get them itself
def my_results():
    cases = [
        {
            "name": name,
            "num_heads": 8,
            "num_kv_heads": num_kv_heads,
            "d_head": 64,
            "q_len": q_len,
            "k_len": k_len,
            "batch": 2,
        }
        for name, q_len, k_len in (("long", 1, 8192), ("short", 1, 64), ("prefill", 384, 384))
        for num_kv_heads in (8, 2, 1)
    ]
    return run_experiment(grouped_attention, cases)
