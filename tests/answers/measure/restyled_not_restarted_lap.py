# names: clock_not_restarted
# A stopwatch whose lap button does not set it back.
import statistics
import time


class _Stopwatch:
    def __enter__(self):
        self.start = time.perf_counter()
        self.samples = []
        return self

    def lap(self):
        self.samples.append(time.perf_counter() - self.start)

    def __exit__(self, *error):
        self.low, self.median, self.high = statistics.quantiles(
            self.samples, n=4, method="inclusive"
        )


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    with _Stopwatch() as watch:
        for _ in range(repeats):
            fn()
            watch.lap()
    return watch
