"""Reference values of packages/stats/src/sequential. Run: scripts/peers.sh run learners sequential.py > sequential.json

The projection is made by a general optimiser over the simplex, not by the formula that is tested; the likelihood and the
quantiles by SciPy.
"""
import json, sys
import numpy as np, scipy
from scipy import optimize as op, special as sp, stats as st

rng = np.random.default_rng(11)


def kl(p, q):
    return float(np.sum(p * np.log(p / q)))


def projection(p, r, kappa):
    """argmin KL(r || q) over { q : KL(p || q) <= kappa }, by SLSQP on softmax logits, from several starts."""
    soft = lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    best = None
    for w in (0.1, 0.5, 0.9):
        start = np.log((1 - w) * p + w * r)
        found = op.minimize(lambda z: kl(r, soft(z)), start, method="SLSQP",
                            constraints={"type": "ineq", "fun": lambda z: kappa - kl(p, soft(z))},
                            options={"maxiter": 500, "ftol": 1e-15})
        if found.success and kl(p, soft(found.x)) <= kappa * (1 + 1e-6) and (best is None or found.fun < best[0]):
            best = (found.fun, soft(found.x))
    return best[1]


projections = []
for bins, spread, kappa in [(2, 1.0, 0.02), (3, 0.5, 0.005), (5, 1.0, 0.001), (5, 2.0, 0.05), (8, 0.7, 0.01), (10, 1.5, 0.2)]:
    p = rng.dirichlet(np.full(bins, 4.0))
    r = p * np.exp(spread * rng.normal(size=bins))
    r /= r.sum()
    if kl(p, r) <= kappa:
        continue
    projections.append({"reference": p.tolist(), "guess": r.tolist(), "kappa": kappa,
                        "projected": projection(p, r, kappa).tolist()})


def dirichlet_multinomial(concentration, counts, expected):
    n = counts.sum(1)
    a = concentration * expected / n[:, None]
    return float(np.sum(sp.gammaln(concentration) - sp.gammaln(concentration + n)
                        + np.sum(sp.gammaln(a + counts) - sp.gammaln(a), axis=1)))


concentrations = []
for true, buckets, bins in [(20, 40, 4), (300, 60, 6), (2000, 120, 8)]:
    p = rng.dirichlet(np.full(bins, 5.0))
    rows = rng.integers(200, 900, buckets)
    counts = np.array([rng.multinomial(n, rng.dirichlet(true * p)) for n in rows]).astype(float)
    expected = rows[:, None] * p
    found = op.minimize_scalar(lambda x: -dirichlet_multinomial(np.exp(x), counts, expected), bounds=(1, 18), method="bounded",
                               options={"xatol": 1e-9})
    concentrations.append({"bins": bins, "counts": counts.ravel().tolist(), "expected": expected.ravel().tolist(),
                           "concentration": float(np.exp(found.x))})

tails = [[share, free, below, float(free * st.f.isf(share, free, below))]
         for share in (1e-2, 1e-3, 1e-7) for free in (1, 9, 31) for below in (70.0, 180.0, 9000.0)]

half, whole, effects = [], [], []
for clump in (1, 3, 5):
    p = rng.dirichlet(np.full(6, 3.0))
    a = clump * rng.multinomial(200, p, size=150)
    b = clump * rng.multinomial(210, p, size=150)
    statistic = sum(st.chi2_contingency(np.array([x, y])[:, (x + y) > 0], correction=False)[0] for x, y in zip(a, b))
    degrees = sum((np.count_nonzero(x + y) - 1) * (x + y).sum() / ((x + y).sum() - 1) for x, y in zip(a, b))
    effects.append({"bins": 6, "counts": (a + b).ravel().tolist(), "half": a.ravel().tolist(), "effect": float(statistic / degrees)})

json.dump({
    "versions": {"python": sys.version.split()[0], "scipy": scipy.__version__, "numpy": np.__version__},
    "projections": projections, "concentrations": concentrations, "tails": tails, "effects": effects,
}, sys.stdout)
