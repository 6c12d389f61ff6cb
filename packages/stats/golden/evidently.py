"""Reference values of packages/stats/src/compat/evidently, from Evidently itself: every test by its registered
implementation, and whole frames through Report([DataDriftPreset()]). The inputs are recipes (see column below), so that
the test makes the same numbers: only multiplication, division, addition and floor of doubles.
Run: PYTHONHASHSEED=0 scripts/peers.sh run evidently packages/stats/golden/evidently.py > packages/stats/golden/evidently.json"""
import json, sys, warnings
sys.path.pop(0)  # this file is named like the package that it asks
warnings.filterwarnings("ignore")
import numpy as np, pandas as pd, scipy, evidently
from evidently import Report
from evidently.presets import DataDriftPreset
from evidently.core.datasets import infer_column_type
from evidently.legacy.calculations.stattests import registry
from evidently.legacy.calculations.stattests.mmd_stattest import mmd_pval
from evidently.legacy.core import ColumnType
from evidently.legacy.metrics.data_drift.embedding_drift_methods import distance, mmd, ratio


def column(recipe):
    """The column of a recipe: Park and Miller's generator, four steps a row."""
    state, out = recipe["seed"], []
    for i in range(recipe["rows"]):
        u = []
        for _ in range(4):
            state = (state * 48271) % 2147483647
            u.append(state / 2147483647)
        out.append(value(recipe, u, i))
    return out


def value(recipe, u, i):
    kind = recipe["kind"]
    if "missingEvery" in recipe and i % recipe["missingEvery"] == 0:
        return None
    if "infiniteEvery" in recipe and i % recipe["infiniteEvery"] == 0:
        return float("inf")
    if kind == "bell":
        x = recipe.get("mean", 0) + recipe.get("scale", 1) * (u[0] + u[1] + u[2] + u[3] - 2)
        return np.floor(x * recipe["grid"]) / recipe["grid"] if "grid" in recipe else x
    if kind == "skewed":
        return recipe.get("scale", 1) / (0.01 + u[0])
    if kind == "integer":
        return int(np.floor(u[0] * u[1] * recipe["below"])) + recipe.get("from", 0)
    if kind == "label":
        return "c%d" % (int(np.floor(u[0] * u[1] * recipe["below"])) + recipe.get("from", 0))
    if kind == "word":
        return "w%d" % state_word(u)
    if kind == "boolean":
        return bool(u[0] < recipe["share"])
    return recipe["value"]


def state_word(u):
    return int(np.floor(u[0] * 1000000))


def series(recipe):
    values = recipe if isinstance(recipe, list) else column(recipe)
    kind = "" if isinstance(recipe, list) else recipe["kind"]
    if kind in ("bell", "skewed") or (kind == "integer" and "missingEvery" in recipe):
        return pd.Series([np.nan if v is None else v for v in values], dtype=float)
    return pd.Series(values)


def score(test, a, b, kind):
    definition = registry.get_registered_stattest(test, ColumnType(kind))
    try:
        r = definition(a.copy(), b.copy(), ColumnType(kind), None)
    except Exception as e:
        return {"raises": type(e).__name__}
    if np.isnan(r.drift_score):
        return {"nan": True}
    return {"score": float(r.drift_score), "threshold": r.actual_threshold, "drifted": bool(r.drifted)}


def bell(seed, rows, **more): return {"kind": "bell", "seed": seed, "rows": rows, **more}
def integer(seed, rows, below, **more): return {"kind": "integer", "seed": seed, "rows": rows, "below": below, **more}
def label(seed, rows, below, **more): return {"kind": "label", "seed": seed, "rows": rows, "below": below, **more}
def boolean(seed, rows, share): return {"kind": "boolean", "seed": seed, "rows": rows, "share": share}
def skewed(seed, rows, **more): return {"kind": "skewed", "seed": seed, "rows": rows, **more}


NUMERIC = ["ks", "t_test", "mannw", "es", "anderson", "cramer_von_mises", "wasserstein", "ed", "psi", "kl_div", "jensenshannon", "hellinger"]
CATEGORICAL = ["chisquare", "z", "fisher_exact", "g_test", "TVD", "psi", "kl_div", "jensenshannon", "hellinger"]
numeric = [
    (bell(1, 300), bell(2, 200, mean=0.1)),
    (bell(3, 300), bell(4, 200, mean=-0.1, scale=1.2)),
    (bell(5, 60, grid=4), bell(6, 90, grid=4, mean=0.2)),
    (bell(7, 1500), bell(8, 700, mean=0.03)),
    (bell(7, 400), bell(7, 400)),
    (bell(9, 40), bell(10, 20, mean=0.2)),
    (bell(11, 12), bell(12, 15, mean=0.3)),
    (bell(13, 8), bell(14, 8, mean=0.2)),
    (bell(15, 5), bell(16, 5, mean=0.2)),
    (bell(17, 3), bell(18, 3)),
    (bell(19, 7), bell(20, 9)),
    (bell(21, 6, grid=2), bell(22, 6, grid=2)),
    (bell(23, 14, grid=3), bell(24, 10, grid=3, mean=0.4)),
    (skewed(25, 500), skewed(26, 400, scale=1.3)),
    (integer(27, 400, 60), integer(28, 300, 66)),
    (integer(29, 400, 25), integer(30, 300, 25, **{"from": 1})),
    (integer(31, 400, 10), integer(32, 300, 12)),
    (integer(33, 2000, 900), integer(34, 1100, 900)),
    (bell(35, 300), bell(36, 200, mean=5)),
    (bell(37, 300), bell(38, 30, grid=1)),
    ([2.5] * 30, [2.5] * 20),
    ([2.5] * 30, [3.5] * 20),
    ([1, 1, 1, 1, 2] * 6, [1, 1, 1, 1, 2] * 4),
    (bell(39, 10100), bell(40, 400, mean=0.05)),
    (bell(41, 30), [1e6, 2.0, 3.0]),
]
categorical = [
    (label(101, 300, 4), label(102, 200, 4)),
    (label(103, 300, 4), label(104, 300, 4)),
    (label(105, 300, 4), label(106, 200, 5)),
    (label(107, 900, 40), label(108, 700, 40)),
    (boolean(109, 300, 0.3), boolean(110, 200, 0.35)),
    (boolean(111, 60, 0.3), boolean(112, 60, 0.45)),
    (integer(113, 200, 6), integer(114, 150, 6)),
    (integer(115, 200, 2), integer(116, 200, 3)),
    (["a"] * 20, ["a"] * 15),
    (["a"] * 20, ["b"] * 20),
    (["a", "b"] * 10, ["a"] * 20),
    (label(117, 20000, 30), label(118, 200, 30)),
]
published = [  # Evidently's own unit tests
    ("cat", "chisquare", np.repeat([1, 2, 3, 4, 5, 6], [16, 18, 16, 14, 12, 12]).tolist(), np.repeat([1, 2, 3, 4, 5, 6], [16, 16, 16, 16, 16, 8]).tolist()),
    ("cat", "hellinger", np.repeat([1, 2, 3, 4, 5, 6], [16, 18, 16, 14, 12, 12]).tolist(), np.repeat([1, 2, 3, 4, 5, 6], [16, 16, 16, 16, 16, 8]).tolist()),
    ("num", "mannw", np.repeat([1, 2, 3, 4, 5, 6], [16, 18, 16, 14, 12, 12]).tolist(), np.repeat([1, 2, 3, 4, 5, 6], [16, 16, 16, 16, 16, 8]).tolist()),
    ("num", "es", np.repeat([1, 2, 3, 4, 5, 6], [16, 18, 16, 14, 12, 12]).tolist(), np.repeat([1, 2, 3, 4, 5, 6], [16, 16, 16, 16, 16, 8]).tolist()),
    ("cat", "TVD", np.repeat([1, 2, 3, 4, 5, 6], [16, 18, 16, 14, 12, 12]).tolist(), np.repeat([1, 2, 3, 4, 5, 6], [16, 16, 16, 16, 16, 8]).tolist()),
    ("num", "anderson", [38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0], [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8]),
    ("num", "t_test", [38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0], [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8]),
    ("num", "ed", [38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0], [v + 5 for v in [38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0]]),
    ("cat", "g_test", list("aaaaabbbbbcccccccc"), list("aaaabbbbbbcccccccc")),
    ("cat", "fisher_exact", [0] * 8 + [1] * 12, [0] * 15 + [1] * 5),
]


def frame(recipes): return pd.DataFrame({name: series(recipe) for name, recipe in recipes.items()})


def mixed(seed, rows, move=0):
    return {
        "bell": bell(seed, rows, mean=0.1 * move),
        "nulls": bell(seed + 1, rows, missingEvery=7, mean=0.5 * move),
        "infinite": {**bell(seed + 2, rows, missingEvery=9), "infiniteEvery": 11},
        "fewFloats": {**bell(seed + 3, rows, grid=1)},
        "twoFloats": {"kind": "bell", "seed": seed + 4, "rows": rows, "grid": 0.5},
        "fewIntegers": integer(seed + 5, rows, 5),
        "manyIntegers": integer(seed + 6, rows, 300, **{"from": 8 * move}),
        "integersWithNulls": {**integer(seed + 7, rows, 30), "missingEvery": 5},
        "labels": label(seed + 8, rows, 6 + move),
        "labelsWithNulls": {**label(seed + 9, rows, 6), "missingEvery": 6},
        "flag": boolean(seed + 10, rows, 0.3 + 0.03 * move),
        "constant": {"kind": "constant", "value": 1.5, "seed": 1, "rows": rows},
        "constantLabel": {"kind": "constant", "value": "x", "seed": 1, "rows": rows},
        "skewed": skewed(seed + 11, rows),
    }


def report(reference, current, **options):
    try:
        result = Report([DataDriftPreset(**options)], include_tests=True).run(frame(current), frame(reference)).dict()
    except Exception as e:
        return {"raises": str(e)}
    out = {"columns": {}}
    failed = {t["name"] for t in result["tests"] if "FAIL" in str(t["status"])}
    for m in result["metrics"]:
        config = m["config"]
        if "column" in config:
            score = m["value"]
            out["columns"][config["column"]] = {
                "title": config["method"], "threshold": config["threshold"], "score": None if np.isnan(score) else float(score),
                "drifted": f"Value Drift for column {config['column']}" in failed}
        else:
            out["count"], out["share"] = m["value"]["count"], m["value"]["share"]
    out["datasetDrift"] = any("Share of Drifted" in name for name in failed)
    return out


def embedding(seed, rows, size, mean):
    return pd.DataFrame({f"e{k}": column(bell(seed + k, rows, mean=mean)) for k in range(size)})


def embeddings():
    out = []
    for seed, rows, current_rows, mean in [(501, 150, 120, 0.0), (601, 120, 150, 0.12), (701, 1200, 300, 0.05)]:
        a, b = embedding(seed, rows, 4, 0.0), embedding(seed + 50, current_rows, 4, mean)
        results = {}
        for kind in ["euclidean", "cosine", "cityblock", "chebyshev"]:
            results[kind] = distance(dist=kind, threshold=0.2)(b.copy(), a.copy())[:2]
        results["bootstrapped"] = distance(bootstrap=True)(b.copy(), a.copy())[:2]
        results["ratio"] = ratio(threshold=0.2)(b.copy(), a.copy())[:2]
        results["ratioOfKs"] = ratio(component_stattest="ks", component_stattest_threshold=0.05)(b.copy(), a.copy())[:2]
        results["mmd"] = mmd()(b.copy(), a.copy())[:2]
        if rows < 1000:
            results["mmdBootstrapped"] = mmd(bootstrap=True)(b.copy(), a.copy())[:2]
            results["mmdBootstrapped95"] = mmd(bootstrap=True, quantile_probability=0.95)(b.copy(), a.copy())[:2]
        out.append({"seed": seed, "rows": rows, "currentRows": current_rows, "mean": mean,
                    "results": {k: [float(v[0]), bool(v[1])] for k, v in results.items()}})
    return out


def mmd_cases():
    out = []
    for a, b in [(bell(201, 60), bell(202, 50)), (bell(203, 60), bell(204, 50, mean=0.25)), (bell(205, 40, grid=2), bell(206, 45, grid=2, mean=0.15))]:
        x, y = series(a).to_numpy().reshape(-1, 1), series(b).to_numpy().reshape(-1, 1)
        np.random.seed(1)
        runs = [mmd_pval(x, y)[0] for _ in range(60)]
        out.append({"reference": a, "current": b, "runs": len(runs), "mean": float(np.mean(runs)), "deviation": float(np.std(runs, ddof=1))})
    return out


def by_reference():
    from evidently import DataDefinition, Dataset, BinaryClassification, Regression
    from evidently.metrics import (MinValue, MeanValue, MaxValue, StdValue, MedianValue, QuantileValue, SumValue, MissingValueCount, CategoryCount, InRangeValueCount,
                                   RowCount, ColumnCount, DuplicatedRowCount, ConstantColumnsCount, EmptyColumnsCount, AlmostConstantColumnsCount, DatasetMissingValueCount,
                                   Accuracy, Precision, Recall, F1Score, MAE, RMSE, R2Score)
    names = {c.__name__: c for c in [MinValue, MeanValue, MaxValue, StdValue, MedianValue, SumValue, MissingValueCount]}
    out = []
    for seed, rows, move in [(801, 200, 0.0), (811, 190, 0.3), (821, 170, 0.05), (831, 205, -0.1)]:
        def data(seed, rows, move):
            x = series(bell(seed, rows, mean=2 + move))
            d = pd.DataFrame({"x": x, "gap": series(bell(seed + 1, rows, missingEvery=9)), "k": series(label(seed + 2, rows, 4)), "c": 1.0,
                              "target": (x > 2).astype(int), "prediction": (series(bell(seed + 3, rows, mean=0.0, scale=0.4)) + x > 2).astype(int)})
            if move < 0: d["c"] = x
            return Dataset.from_pandas(d, DataDefinition(numerical_columns=["x", "gap", "c"], categorical_columns=["k"], classification=[BinaryClassification(target="target", prediction_labels="prediction")]))
        metrics = [c(column="x") if n != "MissingValueCount" else c(column="gap") for n, c in names.items()] + [
            QuantileValue(column="x", quantile=0.9), CategoryCount(column="k", category="c0"), InRangeValueCount(column="x", left=1.5, right=2.5), RowCount(), ColumnCount(),
            DuplicatedRowCount(), ConstantColumnsCount(), EmptyColumnsCount(), AlmostConstantColumnsCount(), DatasetMissingValueCount(), Accuracy(), Precision(), Recall(), F1Score()]
        snapshot = Report(metrics, include_tests=True).run(data(seed, rows, move), data(7, 200, 0))
        for id, current in snapshot.metric_results.items():
            reference = snapshot.context.get_reference_metric_result(id)
            name = type(snapshot.context.get_metric(id)).__name__.replace("Calculation", "")
            statuses = ["SUCCESS" in str(t.status) for t in current.tests]
            pairs = [("share", current.share.value, reference.share.value), ("count", current.count.value, reference.count.value)] if hasattr(current, "share") else [("value", current.value, reference.value)]
            if name == "DatasetMissingValueCount":
                pairs = pairs[1:]
            by = {"count": [p for p in pairs if p[0] == "count"], "share": [p for p in pairs if p[0] == "share"], "value": [p for p in pairs if p[0] == "value"]}
            order = by["count"] + by["share"] + by["value"]
            assert len(order) == len(statuses), (name, len(order), len(statuses))
            out += [{"metric": name, "reference": float(r), "current": float(c), "passed": bool(s)} for (_, c, r), s in zip(order, statuses)]
    return out


typed = [bell(1, 20), integer(2, 50, 8), integer(3, 200, 30), {**integer(4, 50, 8), "missingEvery": 3}, label(5, 50, 5), {"kind": "word", "seed": 6, "rows": 50},
         {**label(7, 9, 90)}, boolean(8, 30, 0.5), {**label(9, 40, 4), "missingEvery": 2}, {"kind": "constant", "value": "x", "seed": 1, "rows": 2},
         {"kind": "constant", "value": "x", "seed": 1, "rows": 3}]
frames = [
    ("a small reference", mixed(301, 400), mixed(321, 300, 1), {}),
    ("a large reference", mixed(341, 1300), mixed(361, 500, 2), {}),
    ("nothing moved", mixed(381, 700), mixed(401, 700), {}),
    ("another test for every type", mixed(421, 300), mixed(441, 250, 1), {"method": "psi", "num_method": "wasserstein", "threshold": 0.15, "num_threshold": 0.05}),
    ("one column by another test", mixed(461, 300), mixed(471, 250, 1), {"per_column_method": {"bell": "t_test", "labels": "TVD"}, "per_column_threshold": {"bell": 0.2}, "drift_share": 0.1}),
    ("a column without values", {"a": bell(1, 50), "b": bell(2, 50)}, {"a": bell(3, 50), "b": bell(4, 50, missingEvery=1)}, {}),
]
out = {
    "versions": {"python": sys.version.split()[0], "evidently": evidently.__version__, "scipy": scipy.__version__, "numpy": np.__version__, "pandas": pd.__version__},
    "tests": [{"type": kind, "reference": a, "current": b, "results": {t: score(t, series(a), series(b), kind) for t in tests if t != "TVD" or len(series(a)) < 5000}}
              for kind, pairs, tests in [("num", numeric, NUMERIC), ("cat", categorical, CATEGORICAL)] for a, b in pairs],
    "published": [{"type": kind, "test": t, "reference": a, "current": b, **score(t, pd.Series(a), pd.Series(b), kind)} for kind, t, a, b in published],
    "definitions": {name: {"title": s.display_name, "types": sorted(k.value for k in kinds), "threshold": s.default_threshold}
                    for name, kinds in registry._registered_stat_tests.items() for s in [next(iter(kinds.values()))]},
    "types": [{"column": r, "type": infer_column_type(series(r)).value} for r in typed],
    "frames": [{"title": title, "reference": a, "current": b, "options": options, "report": report(a, b, **options)} for title, a, b, options in frames],
    "mmd": mmd_cases(),
    "embeddings": embeddings(),
    "byReference": by_reference(),
}
json.dump(out, sys.stdout, separators=(",", ":"))
