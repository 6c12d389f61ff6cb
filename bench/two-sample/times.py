"""Seconds of SciPy's two-sample tests on normal samples, the median of three. Prints JSON.
Run: scripts/peers.sh run learners bench/two-sample/times.py <rows> …"""
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np, scipy
from scipy import stats as st

tests = {
    "Kolmogorov-Smirnov": lambda a, b: st.ks_2samp(a, b, method="asymp"),
    "Mann-Whitney": lambda a, b: st.mannwhitneyu(a, b, method="asymptotic"),
    "Cramér-von Mises": lambda a, b: st.cramervonmises_2samp(a, b),
    "Anderson-Darling": lambda a, b: st.anderson_ksamp([a, b], variant="midrank"),
    "Epps-Singleton": lambda a, b: st.epps_singleton_2samp(a, b),
    "t, Welch": lambda a, b: st.ttest_ind(a, b, equal_var=False),
    "Wasserstein": lambda a, b: st.wasserstein_distance(a, b),
    "energy": lambda a, b: st.energy_distance(a, b),
}


def seconds(run):
    took = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        took.append(time.perf_counter() - start)
    return sorted(took)[1]


out = {}
for rows in map(int, sys.argv[1:]):
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=rows), rng.normal(size=rows)
    out[rows] = {name: seconds(lambda: run(a, b)) for name, run in tests.items()}
print(json.dumps({"version": scipy.__version__, "seconds": out}))
