# mistake: measures anew in every call, so two calls give different rows and nothing is kept
# why: the docstring names the call, and a function that returns its result looks like the answer
def my_results():
    """The rows that ``run_experiment(grouped_attention, CASES)`` gave on your machine."""
    return run_experiment(grouped_attention, [dict(case) for case in CASES])
