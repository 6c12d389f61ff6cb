"""Reference values of packages/stats/src/distance on raw samples, from SciPy. Run: scripts/peers.sh run learners distance.py > distance.json"""
import json, sys
import numpy as np, scipy
from scipy import stats as st
from scipy.spatial import distance as sd

rng = np.random.default_rng(11)
samples = [
    (rng.normal(0, 1, 5), rng.normal(0.5, 1, 7)),
    (rng.normal(0, 1, 60), rng.normal(0.3, 2, 90)),
    (rng.integers(0, 6, 80).astype(float), rng.integers(1, 7, 50).astype(float)),
    (rng.standard_cauchy(200), rng.standard_cauchy(150)),
    (np.array([1.0]), np.array([4.0])),
]
counts = [([50, 30, 20], [20, 30, 50]), ([9, 1, 0, 40], [3, 0, 6, 80]), ([100, 200, 300], [11, 19, 31])]


def pair(a, b):
    apart = np.abs(a[:, None] - b[None, :]).mean()
    energy = st.energy_distance(a, b)
    return {"reference": a.tolist(), "current": b.tolist(), "wasserstein": st.wasserstein_distance(a, b), "energy": energy,
            "coefficient": energy**2 / (2 * apart),
            "deviation": a.std(ddof=1) if len(a) > 1 else 0, "iqr": st.iqr(a)}


def table(r, c):
    p, q = np.array(r) / sum(r), np.array(c) / sum(c)
    pp, qq = ((np.array(x) + 0.5) / (sum(x) + len(x) / 2) for x in (r, c))
    return {"reference": r, "current": c, "jensenShannon2": sd.jensenshannon(p, q, 2), "jensenShannonE": sd.jensenshannon(p, q),
            "hellinger": float(np.sqrt(1 - np.sqrt(p * q).sum())), "totalVariation": float(np.abs(p - q).sum() / 2), "lInfinity": float(np.abs(p - q).max()),
            "kl": float(st.entropy(pp, qq)), "kl2": float(st.entropy(pp, qq, base=2)), "psi": float(st.entropy(pp, qq) + st.entropy(qq, pp))}


json.dump({"versions": {"python": sys.version.split()[0], "scipy": scipy.__version__, "numpy": np.__version__},
           "pairs": [pair(a, b) for a, b in samples], "tables": [table(r, c) for r, c in counts]}, sys.stdout)
print()
