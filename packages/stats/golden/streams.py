"""Golden values of streams and their comparison: scripts/peers.sh run learners packages/stats/golden/streams.py
NumPy 2.4.6, SciPy 1.17.1, scikit-learn 1.9.1. Each is worked out another way than in the library: mutual information by
scikit-learn, the dependence part of a table by a pseudo-inverse of the full covariance, residuals of rows left out by
fitting the ridge regression once per row, deviates from the chi-square distribution itself."""
import json, pathlib
import numpy as np
from scipy.stats import chi2, norm
from sklearn.metrics import mutual_info_score

rng = np.random.default_rng(20260101)

def information():
    n = 400
    a = rng.integers(0, 4, n)
    b = np.where(rng.random(n) < 0.3, a, rng.integers(0, 4, n))
    c = rng.integers(0, 3, n)
    pairs = []
    for x, y in ((a, b), (a, c), (b, c)):
        bias = (len(set(x)) - 1) * (len(set(y)) - 1) / (2 * n)
        pairs.append(max(0.0, float(mutual_info_score(x, y) - bias)))
    return {"a": a.tolist(), "b": b.tolist(), "c": c.tolist(), "information": pairs}

def dependence(side, dead):
    """Chi-square of the gaps, less that of the margins: the margins' own covariance, pseudo-inverted."""
    p = rng.dirichlet(np.ones(side * side) * 2)
    live = np.ones((side, side), bool)
    if dead:
        live[side - 1, :] = False
    p = np.where(live.ravel(), p, 0)
    reference = rng.multinomial(600, p / p.sum())
    tilt = np.where(live.ravel(), p * np.exp(0.3 * rng.normal(size=side * side)), 0)
    current = rng.multinomial(350, tilt / tilt.sum())
    n, m = reference.sum(), current.sum()
    seen = reference + current > 0
    shares = np.where(seen, (reference + current + 0.5) / (n + m), 0)
    gaps = current / m - reference / n
    scale = 1 / n + 1 / m
    rows = np.kron(np.eye(side), np.ones(side))
    columns = np.kron(np.ones(side), np.eye(side))
    margin = np.vstack([rows, columns])
    covariance = margin @ np.diag(shares) @ margin.T
    whole = (gaps[seen] ** 2 / shares[seen]).sum()
    marginal = (margin @ gaps) @ np.linalg.pinv(covariance, rcond=1e-9) @ (margin @ gaps)
    freedom = int(seen.sum() - np.linalg.matrix_rank(covariance, tol=1e-9))
    code = lambda i: 0 if i == side - 1 else i - (side - 2) / 2
    u = np.array([code(i // side) * code(i % side) for i in range(side * side)])
    root = np.sqrt(shares)
    effects, *_ = np.linalg.lstsq(root[:, None] * margin.T, root * u, rcond=None)
    rest = u - margin.T @ effects
    trend = (gaps @ rest) ** 2 / (scale * (shares * rest**2).sum())
    return {
        "side": side, "reference": reference.tolist(), "current": current.tolist(),
        "chiSquare": float((whole - marginal) / scale), "freedom": freedom, "trend": float(trend),
    }

def left_out():
    n, d, ridge = 60, 4, 0.01
    z = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) * 0.7
    residuals = []
    for i in range(n):
        others = np.delete(z, i, axis=0)
        row = []
        for j in range(d):
            x, y = np.delete(others, j, axis=1), others[:, j]
            slope = np.linalg.solve(x.T @ x + n * ridge * np.eye(d - 1), x.T @ y)
            row.append(float(z[i, j] - np.delete(z[i], j) @ slope))
        residuals.append(row)
    return {"scores": z.T.tolist(), "ridge": ridge, "residuals": np.array(residuals).T.tolist()}

def deviates():
    cases = [(x, k) for k in (1, 4, 9, 15, 30) for x in (0.3 * k, k, 2 * k + 4, 3 * k + 10)]
    return [{"chiSquare": x, "freedom": k, "deviate": float(norm.isf(chi2.sf(x, k)))} for x, k in cases]

golden = {"information": information(), "dependence": [dependence(5, False), dependence(5, True), dependence(3, False)],
          "leftOut": left_out(), "deviates": deviates()}
(pathlib.Path(__file__).parent / "streams.json").write_text(json.dumps(golden) + "\n")
