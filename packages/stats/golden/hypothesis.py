"""Reference values of packages/stats/src/hypothesis, from SciPy. Run: python hypothesis.py > hypothesis.json"""
import json, sys
import numpy as np, scipy
from scipy import stats as st

rng = np.random.default_rng(7)
samples = [
    (rng.normal(0, 1, 5), rng.normal(0.5, 1, 7)),
    (rng.normal(0, 1, 60), rng.normal(0.3, 1, 90)),
    (rng.integers(0, 6, 80).astype(float), rng.integers(1, 7, 50).astype(float)),
    (rng.normal(0, 1, 400), rng.normal(0.5, 1, 300)),
    (rng.normal(0, 1, 8), rng.normal(2, 1, 8)),
]
tables = [[[10, 20, 30], [20, 20, 20]], [[30, 70], [45, 55]], [[5, 0, 9], [3, 0, 14]], [[12, 5, 3, 9], [8, 8, 2, 11], [4, 6, 7, 1]]]


def ks(a, b):
    exact = st.ks_2samp(a, b, method="exact")
    return {"statistic": exact.statistic, "exact": exact.pvalue,
            "asymptotic": float(scipy.special.kolmogorov(np.sqrt(len(a) * len(b) / (len(a) + len(b))) * exact.statistic))}


def mw(a, b):
    asymptotic = st.mannwhitneyu(a, b, method="asymptotic")
    out = {"statistic": asymptotic.statistic, "asymptotic": asymptotic.pvalue}
    if len(np.unique(np.r_[a, b])) == len(a) + len(b) and len(a) * len(b) <= 10000:
        out["exact"] = st.mannwhitneyu(a, b, method="exact").pvalue
    return out


def contingency(t, correction):
    kept = np.array(t)[:, np.array(t).sum(0) > 0]
    r = st.chi2_contingency(kept, correction=correction)
    return {"table": t, "correction": correction, "statistic": r.statistic, "pValue": r.pvalue, "df": r.dof}


p = rng.uniform(0, 0.2, 12).tolist()
sorted_p = np.sort(p)
holm = np.minimum(1, np.maximum.accumulate(sorted_p * (len(p) - np.arange(len(p)))))
out = {
    "versions": {"python": sys.version.split()[0], "scipy": scipy.__version__, "numpy": np.__version__},
    "pairs": [{"reference": a.tolist(), "current": b.tolist(), "ks": ks(a, b), "mannWhitney": mw(a, b)} for a, b in samples],
    "contingency": [contingency(t, c) for t in tables for c in (True, False)],
    "wilson": [{"successes": s, "rows": n, "level": l, "low": ci.low, "high": ci.high}
               for s, n, l in [(3, 20, .95), (0, 10, .95), (50, 50, .99), (400, 1000, .9)]
               for ci in [st.binomtest(s, n).proportion_ci(l, method="wilson")]],
    "twoProportion": [{"reference": [a, n], "current": [b, m], "pValue": st.chi2_contingency([[a, n - a], [b, m - b]], correction=False).pvalue}
                      for a, n, b, m in [(30, 100, 45, 100), (5, 400, 9, 200), (900, 1000, 880, 1000)]],
    "p": p, "benjaminiHochberg": st.false_discovery_control(p).tolist(),
    "holm": holm[np.argsort(np.argsort(p))].tolist(),
}
json.dump(out, sys.stdout, indent=1)
