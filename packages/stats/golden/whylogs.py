"""Reference values of packages/stats/src/compat/whylogs, from whylogs itself, on columns that its sketches keep whole
(up to 1,024 values), and on long ones, where its KLL sketch is random. The inputs are the recipes of evidently.py.
Run: scripts/peers.sh run whylogs packages/stats/golden/whylogs.py > packages/stats/golden/whylogs.json"""
import json, sys, warnings
sys.path.pop(0)  # this file is named like the package that it asks
warnings.filterwarnings("ignore")
import logging
logging.disable(logging.WARNING)
import numpy as np, pandas as pd, scipy, whylogs
from whylogs.viz.drift.column_drift_algorithms import KS, ChiSquare, Hellinger, calculate_drift_scores
from scipy.stats import kstwo


def column(recipe):
    if isinstance(recipe, list):
        return recipe
    state, out = recipe["seed"], []
    for i in range(recipe["rows"]):
        u = []
        for _ in range(4):
            state = (state * 48271) % 2147483647
            u.append(state / 2147483647)
        kind = recipe["kind"]
        if "missingEvery" in recipe and i % recipe["missingEvery"] == 0:
            out.append(None)
        elif kind == "bell":
            x = recipe.get("mean", 0) + recipe.get("scale", 1) * (u[0] + u[1] + u[2] + u[3] - 2)
            out.append(float(np.floor(x * recipe["grid"]) / recipe["grid"]) if "grid" in recipe else x)
        elif kind == "skewed":
            out.append(recipe.get("scale", 1) / (0.01 + u[0]))
        elif kind == "integer":
            out.append(int(np.floor(u[0] * u[1] * recipe["below"])) + recipe.get("from", 0))
        elif kind == "label":
            out.append("c%d" % (int(np.floor(u[0] * u[1] * recipe["below"])) + recipe.get("from", 0)))
        else:
            out.append(bool(u[0] < recipe["share"]))
    return out


def view(recipe):
    return whylogs.log(pd.DataFrame({"x": pd.Series(column(recipe))})).view()


def outcome(score):
    if score is None:
        return None
    s = score if isinstance(score, dict) else score.to_dict()
    finite = s["statistic"] is not None and np.isfinite(s["statistic"])
    return {"test": s["algorithm"], "statistic": float(s["statistic"]) if finite else None,
            "pValue": None if s["pvalue"] is None else float(s["pvalue"]), "category": s["drift_category"]}


def scores(a, b):
    va, vb = view(a), view(b)
    ca, cb = va.get_column("x"), vb.get_column("x")
    return {"ks": outcome(KS().calculate(cb, ca, True)), "chiSquare": outcome(ChiSquare().calculate(cb, ca, True)),
            "hellinger": outcome(Hellinger().calculate(cb, ca, True)),
            "default": outcome(calculate_drift_scores(vb, va, with_thresholds=True)["x"])}


def bell(seed, rows, **more): return {"kind": "bell", "seed": seed, "rows": rows, **more}
def integer(seed, rows, below, **more): return {"kind": "integer", "seed": seed, "rows": rows, "below": below, **more}
def label(seed, rows, below, **more): return {"kind": "label", "seed": seed, "rows": rows, "below": below, **more}
def boolean(seed, rows, share): return {"kind": "boolean", "seed": seed, "rows": rows, "share": share}


pairs = [
    (bell(1, 300), bell(2, 200)), (bell(3, 900), bell(4, 700, mean=0.1)), (bell(5, 1024), bell(6, 1000, mean=0.5)),
    (bell(7, 60, missingEvery=5), bell(8, 40, scale=1.5)), (bell(9, 200, grid=2), bell(10, 300, grid=2, mean=0.3)),
    (bell(11, 5), bell(12, 4)), (bell(13, 2), bell(14, 1)), (bell(15, 1), bell(16, 1)), ([2.5] * 30, [2.5] * 20), ([0.0] * 30, [0.0] * 20), ([2.5] * 30, [3.5] * 20),
    ({"kind": "skewed", "seed": 17, "rows": 500}, {"kind": "skewed", "seed": 18, "rows": 400, "scale": 1.2}),
    (integer(19, 300, 9), integer(20, 250, 9)), (integer(21, 300, 5), integer(22, 250, 6)), (integer(23, 1000, 1000), integer(24, 800, 1100)),
    (label(25, 300, 4), label(26, 250, 4)), (label(27, 300, 4), label(28, 250, 5)), (label(29, 300, 30), label(30, 250, 30)),
    ({**label(31, 400, 4), "missingEvery": 4}, {**label(32, 350, 4), "missingEvery": 9}), (label(33, 900, 2), label(34, 900, 2)),
    (boolean(35, 300, 0.3), boolean(36, 200, 0.45)), (["a"] * 20, ["a"] * 30), (["a"] * 20, ["b"] * 30),
    (["a", "b"] * 100, ["a"] * 80 + ["b"] * 120),
]
long = [(bell(101, 20000), bell(102, 15000)), (bell(103, 20000), bell(104, 5000, mean=0.03)), (integer(105, 8000, 50), integer(106, 30000, 50))]
grid = [(n, d) for n in [1, 2, 5, 30, 140, 141, 700, 5000, 60000, 2000000] for z in [0.2, 0.45, 0.6, 0.86, 1.0, 1.3, 1.47, 1.5, 1.9, 2.6, 5.0] for d in [z / np.sqrt(n)] if d <= 1]
grid += [(n, d) for n in [3, 40, 200] for d in [0.4 / n, 0.7 / n, 1.3 / n, 0.5, 0.73, 1 - 0.4 / n, 1.0]]
categories = [0, 0.01, 0.05, 0.0500001, 0.1, 0.15, 0.1500001, 0.4, 0.7, 1]
ks_config, hellinger_config = KS(), Hellinger()
out = {
    "versions": {"python": sys.version.split()[0], "whylogs": whylogs.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    "pairs": [{"reference": a, "current": b, "scores": scores(a, b)} for a, b in pairs],
    "long": [{"reference": a, "current": b, "scores": scores(a, b)} for a, b in long],
    "kstwo": [[n, float(d), float(kstwo.sf(d, n))] for n, d in grid],
    "categories": [[x, ks_config._get_drift_category(x), hellinger_config._get_drift_category(x)] for x in categories],
}
json.dump(out, sys.stdout, separators=(",", ":"))
