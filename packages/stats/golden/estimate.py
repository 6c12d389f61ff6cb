"""Reference values of packages/stats/src/estimate, by NumPy over all pairs and SciPy's censored ecdf.
Run: scripts/peers.sh run learners packages/stats/golden/estimate.py > packages/stats/golden/estimate.json"""
import json, sys
import numpy as np, scipy
from scipy import stats

rng = np.random.default_rng(20260401)
n = 300
s = np.round(rng.beta(1.2, 1.8, n), 2)  # rounded: ties
p = np.clip(s ** 1.2 * 0.9 + 0.03, 0, 1)
yh = (s >= 0.5).astype(float)
tp, fp = (p * yh).sum(), ((1 - p) * yh).sum()
fn, tn = (p * (1 - yh)).sum(), ((1 - p) * (1 - yh)).sum()
beats = (s[:, None] > s[None, :]) + 0.5 * (s[:, None] == s[None, :])
pairs = p[:, None] * (1 - p[None, :])
np.fill_diagonal(pairs, 0)  # a row is no pair with itself
q = np.clip(s, 1e-15, 1 - 1e-15)
expected = {
    "accuracy": (tp + tn) / n, "precision": tp / (tp + fp), "recall": tp / (tp + fn), "specificity": tn / (tn + fp),
    "f1": 2 * tp / (2 * tp + fp + fn), "rocAuc": (pairs * beats).sum() / pairs.sum(), "baseRate": p.mean(),
    "brier": (p * (1 - s) ** 2 + (1 - p) * s ** 2).mean(), "logLoss": -(p * np.log(q) + (1 - p) * np.log1p(-q)).mean(),
}

delay = np.round(rng.exponential(10, 120), 0)
age = np.round(rng.uniform(2, 25, 120), 0)
there = delay <= age
time = np.minimum(delay, age)
curve = stats.ecdf(stats.CensoredData(uncensored=time[there], right=time[~there])).sf
at = np.unique(time[there])
interval = curve.confidence_interval(confidence_level=0.95, method="linear")

json.dump({
    "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__},
    "cbpe": {"probabilities": p.tolist(), "scores": s.tolist(), "expected": {k: float(v) for k, v in expected.items()}},
    "delay": {"durations": time.tolist(), "isThere": there.tolist(), "times": at.tolist(),
              "missing": curve.evaluate(at).tolist(), "low": interval.low.evaluate(at).tolist()},
}, sys.stdout)
