"""Reference values of packages/stats/src/score, from scikit-learn. Run: python score.py > score.json"""
import json, sys
import numpy as np, scipy, sklearn
from scipy.optimize import minimize
from sklearn import metrics as m

rng = np.random.default_rng(20260101)
n = 400


def delong_error(y, s):
    """Brute force over pairs: both variance terms of DeLong et al. 1988."""
    pos, neg = s[y == 1], s[y == 0]
    kernel = (pos[:, None] > neg[None, :]) + 0.5 * (pos[:, None] == neg[None, :])
    return float(np.sqrt(kernel.mean(1).var(ddof=1) / len(pos) + kernel.mean(0).var(ddof=1) / len(neg)))


def slope(y, s, w):
    x = np.log(s / (1 - s))
    loss = lambda t: float(np.sum(w * (np.logaddexp(0, t[0] + t[1] * x) - y * (t[0] + t[1] * x))))
    return float(minimize(loss, [0, 1], method="BFGS", options={"gtol": 1e-9}).x[1])


def binary(y, s, w):
    p = (s >= 0.5).astype(int)
    kw = {"sample_weight": w}
    return {
        "labels": y.tolist(), "scores": s.tolist(), "weights": w.tolist(),
        "expected": {
            "accuracy": m.accuracy_score(y, p, **kw), "precision": m.precision_score(y, p, **kw),
            "recall": m.recall_score(y, p, **kw), "f1": m.f1_score(y, p, **kw),
            "rocAuc": m.roc_auc_score(y, s, **kw), "averagePrecision": m.average_precision_score(y, s, **kw),
            "logLoss": m.log_loss(y, s, **kw), "brier": m.brier_score_loss(y, s, **kw),
            "calibrationInTheLarge": float(np.average(y - s, weights=w)), "baseRate": float(np.average(y, weights=w)),
        },
        "calibrationSlope": slope(y, s, w),
        "delongError": delong_error(y, s),
    }


s = np.round(rng.beta(1.5, 3, n), 2).clip(0.01, 0.99)  # rounded: many ties
y = (rng.random(n) < s ** 1.3).astype(int)
ones, weights = np.ones(n), rng.uniform(0.2, 3, n)
k = 4
scores = rng.dirichlet(np.ones(k), n)
labels = np.array([rng.choice(k, p=row) for row in scores])
truth = rng.normal(50, 10, n)
pred = truth + rng.normal(1, 4, n)


def multiclass(w):
    p = scores.argmax(1)
    return {"accuracy": m.accuracy_score(labels, p, sample_weight=w), "logLoss": m.log_loss(labels, scores, sample_weight=w, labels=list(range(k))),
            "macroF1": m.f1_score(labels, p, average="macro", sample_weight=w)}


def regression(w):
    return {"mae": m.mean_absolute_error(truth, pred, sample_weight=w), "rmse": m.root_mean_squared_error(truth, pred, sample_weight=w),
            "r2": m.r2_score(truth, pred, sample_weight=w), "bias": float(np.average(pred - truth, weights=w)),
            "mape": m.mean_absolute_percentage_error(truth, pred, sample_weight=w)}


out = {
    "versions": {"python": sys.version.split()[0], "scikit-learn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__},
    "binary": [binary(y, s, ones), binary(y, s, weights)],
    "multiclass": {"labels": labels.tolist(), "scores": scores.ravel().tolist(), "classes": k, "weights": weights.tolist(),
                   "unweighted": multiclass(ones), "weighted": multiclass(weights)},
    "regression": {"labels": truth.tolist(), "predictions": pred.tolist(), "weights": weights.tolist(),
                   "unweighted": regression(ones), "weighted": regression(weights)},
}
json.dump(out, sys.stdout)
