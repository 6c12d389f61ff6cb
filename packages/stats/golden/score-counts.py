"""Reference values of what packages/stats/src/score makes of counts and of queries, from scikit-learn and SciPy.
Run: scripts/peers.sh run learners packages/stats/golden/score-counts.py > packages/stats/golden/score-counts.json"""
import json, sys
import numpy as np, scipy, sklearn
from scipy import stats
from sklearn import metrics as m
from sklearn.calibration import calibration_curve

rng = np.random.default_rng(20260402)
n, k = 500, 4
labels = rng.choice(k, n, p=[0.5, 0.3, 0.15, 0.05])
predicted = np.where(rng.random(n) < 0.7, labels, rng.choice(3, n))  # class 3 is rarely predicted
averaged = {}
for average in ("micro", "macro", "weighted"):
    p, r, f, _ = m.precision_recall_fscore_support(labels, predicted, average=average, zero_division=0)
    averaged[average] = {"precision": p, "recall": r, "f1": f}

s = np.round(rng.beta(1.5, 2.5, n), 3) * 0.998 + 0.0005  # ties, and none on an edge: scikit-learn's bins are closed above
y = (rng.random(n) < s ** 1.2).astype(int)
yh = (s >= 0.5).astype(int)
tn, fp, fn, tp = (int(c) for c in m.confusion_matrix(y, yh).ravel())
share, score = calibration_curve(y, s, n_bins=10, strategy="uniform")

queries = []
for _ in range(30):
    size = int(rng.integers(4, 20))
    relevance = rng.choice(4, size, p=[0.6, 0.2, 0.15, 0.05])
    if not relevance.any():
        relevance[0] = 1
    queries.append((relevance, np.round(relevance * 0.15 + rng.random(size), 1)))  # rounded: ties
ndcg = [float(m.ndcg_score([r], [q], k=5)) for r, q in queries]
precision = [float(m.average_precision_score(r > 0, q)) for r, q in queries]

json.dump({
    "versions": {"python": sys.version.split()[0], "scikit-learn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__},
    "exact": [[a, b, *stats.binomtest(a, b).proportion_ci(0.95, "exact")] for a, b in ((0, 10), (3, 20), (50, 50), (999, 1000), (1, 1))],
    "multiclass": {"labels": labels.tolist(), "predicted": predicted.tolist(), "classes": k, "averaged": averaged},
    "binary": {
        "labels": y.tolist(), "scores": s.tolist(),
        "confusion": {"truePositives": tp, "falsePositives": fp, "falseNegatives": fn, "trueNegatives": tn},
        "expected": {
            "accuracy": m.accuracy_score(y, yh), "precision": m.precision_score(y, yh), "recall": m.recall_score(y, yh),
            "f1": m.f1_score(y, yh), "balancedAccuracy": m.balanced_accuracy_score(y, yh),
            "matthews": float(m.matthews_corrcoef(y, yh)), "kappa": float(m.cohen_kappa_score(y, yh)),
            "specificity": m.recall_score(y, yh, pos_label=0), "negativePredictiveValue": m.precision_score(y, yh, pos_label=0),
        },
        "rocAuc": float(m.roc_auc_score(y, s)), "binnedAuc": float(m.roc_auc_score(y, np.minimum(np.floor(s * 10), 9))),
        "brier": float(m.brier_score_loss(y, s)), "curve": {"share": share.tolist(), "score": score.tolist()},
    },
    "queries": {
        "k": 5, "rows": [{"relevance": r.tolist(), "scores": q.tolist()} for r, q in queries],
        "ndcg": float(np.mean(ndcg)), "meanAveragePrecision": float(np.mean(precision)),
    },
}, sys.stdout)
