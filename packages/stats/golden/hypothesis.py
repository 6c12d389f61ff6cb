"""Reference values of packages/stats/src/hypothesis, from SciPy. Run: scripts/peers.sh run learners hypothesis.py > hypothesis.json"""
import itertools, json, sys, warnings
import numpy as np, scipy
from scipy import stats as st

rng = np.random.default_rng(7)
samples = [
    (rng.normal(0, 1, 5), rng.normal(0.5, 1, 7)),
    (rng.normal(0, 1, 60), rng.normal(0.3, 1, 90)),
    (rng.integers(0, 6, 80).astype(float), rng.integers(1, 7, 50).astype(float)),
    (rng.normal(0, 1, 400), rng.normal(0.5, 1, 300)),
    (rng.normal(0, 1, 8), rng.normal(2, 1, 8)),
    (rng.normal(0, 1, 20), rng.normal(0.2, 1, 19)),
    (rng.exponential(1, 120), rng.exponential(3, 150)),
]
tables = [[[10, 20, 30], [20, 20, 20]], [[30, 70], [45, 55]], [[5, 0, 9], [3, 0, 14]], [[12, 5, 3, 9], [8, 8, 2, 11], [4, 6, 7, 1]]]


def ks(a, b):
    exact = st.ks_2samp(a, b, method="exact")
    return {"statistic": exact.statistic, "exact": exact.pvalue,
            "asymptotic": st.ks_2samp(a, b, method="asymp").pvalue}


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


def cvm(a, b):
    small = max(len(a), len(b)) <= 20
    return {"statistic": st.cramervonmises_2samp(a, b).statistic,
            "asymptotic": st.cramervonmises_2samp(a, b, method="asymptotic").pvalue,
            **({"exact": st.cramervonmises_2samp(a, b, method="exact").pvalue} if small else {})}


def ad(a, b):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        r = st.anderson_ksamp([a, b], variant="midrank")
    return {"statistic": r.statistic, "pValue": r.pvalue}


def es(a, b):
    r = st.epps_singleton_2samp(a, b)
    return {"statistic": r.statistic, "pValue": r.pvalue}


def t(a, b, equal):
    r = st.ttest_ind(b, a, equal_var=equal)
    ci = r.confidence_interval(0.95)
    d = (b.mean() - a.mean()) / np.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / (len(a) + len(b) - 2))
    df = len(a) + len(b) - 2
    g = d * np.exp(scipy.special.gammaln(df / 2) - scipy.special.gammaln((df - 1) / 2)) / np.sqrt(df / 2)
    return {"statistic": r.statistic, "pValue": r.pvalue, "df": r.df, "low": ci.low, "high": ci.high, "cohensD": d, "hedgesG": g}


def g(table, correction):
    kept = np.array(table)[:, np.array(table).sum(0) > 0]
    r = st.chi2_contingency(kept, correction=correction, lambda_="log-likelihood")
    return {"table": table, "correction": correction, "statistic": r.statistic, "pValue": r.pvalue, "df": r.dof}


def tables_with_margins(rows, columns):
    """Every table of two rows with these margins, each with its probability."""
    n, total = rows[0], sum(rows)
    for first in itertools.product(*[range(min(c, n) + 1) for c in columns]):
        if sum(first) == n:
            log_p = sum(scipy.special.gammaln(c + 1) - scipy.special.gammaln(a + 1) - scipy.special.gammaln(c - a + 1) for a, c in zip(first, columns))
            yield np.exp(log_p - (scipy.special.gammaln(total + 1) - scipy.special.gammaln(n + 1) - scipy.special.gammaln(total - n + 1)))


def freeman_halton(table):
    """By brute force: SciPy draws at random beyond 2 x 2."""
    table = np.array(table)
    ps = list(tables_with_margins(table.sum(1).tolist(), table.sum(0).tolist()))
    first, columns = table[0], table.sum(0)
    here = np.prod(scipy.special.comb(columns, first)) / scipy.special.comb(columns.sum(), first.sum())
    return {"table": table.tolist(), "pValue": sum(p for p in ps if p <= here * (1 + 1e-7))}


def newcombe(a, n, b, m, level=0.95):
    """Newcombe 1998, method 10, from SciPy's Wilson intervals."""
    wa, wb = (st.binomtest(k, rows).proportion_ci(level, method="wilson") for k, rows in ((a, n), (b, m)))
    pa, pb = a / n, b / m
    return {"low": pb - pa - np.hypot(pb - wb.low, wa.high - pa), "high": pb - pa + np.hypot(wb.high - pb, pa - wa.low)}


fisher_2x2 = [[[8, 2], [1, 5]], [[3, 1], [1, 3]], [[0, 7], [5, 4]], [[120, 80], [90, 110]], [[2, 998], [11, 989]], [[10, 0], [0, 12]]]
fisher_2xc = [[[3, 5, 2], [6, 1, 4]], [[9, 0, 3, 1], [4, 4, 0, 2]], [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]]]
p = rng.uniform(0, 0.2, 12).tolist()
sorted_p = np.sort(p)
holm = np.minimum(1, np.maximum.accumulate(sorted_p * (len(p) - np.arange(len(p)))))
out = {
    "versions": {"python": sys.version.split()[0], "scipy": scipy.__version__, "numpy": np.__version__},
    "pairs": [{"reference": a.tolist(), "current": b.tolist(), "ks": ks(a, b), "mannWhitney": mw(a, b),
               "cramerVonMises": cvm(a, b), "andersonDarling": ad(a, b), "eppsSingleton": es(a, b), "welch": t(a, b, False), "pooled": t(a, b, True)}
              for a, b in samples],
    "g": [g(table, c) for table in tables for c in (True, False)],
    "fisher": [{"table": table, "pValue": st.fisher_exact(table).pvalue} for table in fisher_2x2],
    "freemanHalton": [freeman_halton(table) for table in fisher_2xc],
    "kolmogorovOneSize": [{"n": n, "statistic": d / n, "pValue": float(st.ks_2samp(np.arange(n), np.arange(n) + d - 0.5, method="exact").pvalue)}
                          for n, d in [(7, 3), (40, 9), (300, 31), (3000, 140)]],
    "contingency": [contingency(t, c) for t in tables for c in (True, False)],
    "wilson": [{"successes": s, "rows": n, "level": l, "low": ci.low, "high": ci.high}
               for s, n, l in [(3, 20, .95), (0, 10, .95), (50, 50, .99), (400, 1000, .9)]
               for ci in [st.binomtest(s, n).proportion_ci(l, method="wilson")]],
    "twoProportion": [{"reference": [a, n], "current": [b, m], "pValue": st.chi2_contingency([[a, n - a], [b, m - b]], correction=False).pvalue, **newcombe(a, n, b, m)}
                      for a, n, b, m in [(30, 100, 45, 100), (5, 400, 9, 200), (900, 1000, 880, 1000)]],
    "p": p, "benjaminiHochberg": st.false_discovery_control(p).tolist(),
    "benjaminiYekutieli": st.false_discovery_control(p, method="by").tolist(),
    "holm": holm[np.argsort(np.argsort(p))].tolist(),
}
json.dump(out, sys.stdout)
print()
