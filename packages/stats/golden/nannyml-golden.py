"""Reference values of packages/stats/src/compat/nannyml, from NannyML 0.13.1 with NumPy 1.26, SciPy 1.13, scikit-learn 1.5.2.

NumPy sorts by another method where the processor has AVX-512, and NannyML depends on the order of ties: the portable one
is asked for. Run, from the root of the repository:

  NPY_DISABLE_CPU_FEATURES="AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL" NML_DISABLE_USAGE_LOGGING=1 \
    scripts/peers.sh run nannyml packages/stats/golden/nannyml-golden.py packages/stats/golden
"""
import json, math, sys, warnings
from importlib.metadata import version

import numpy as np, pandas as pd
import nannyml as nml
from sklearn.isotonic import IsotonicRegression
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit
from nannyml.calibration import IsotonicCalibrator, needs_calibration
from nannyml.chunk import CountBasedChunker, PeriodBasedChunker, SizeBasedChunker
from nannyml.thresholds import ConstantThreshold, StandardDeviationThreshold
import nannyml.calibration as calibration

assert not np.core._multiarray_umath.__cpu_features__["AVX512_SKX"], "set NPY_DISABLE_CPU_FEATURES, see above"
warnings.simplefilter("ignore")
versions = {name: version(name) for name in ["nannyml", "numpy", "scipy", "scikit-learn", "pandas", "category-encoders"]}


def plain(v):
    if v is None or v is pd.NaT:
        return None
    if isinstance(v, (bool, np.bool_)):
        return bool(v)
    if isinstance(v, (int, np.integer)):
        return int(v)
    if isinstance(v, (float, np.floating)):
        return float(v) if math.isfinite(v) else None
    if isinstance(v, pd.Timestamp):
        return v.value // 1_000_000
    return v


def compact(values):
    """One value for all chunks, where they agree."""
    values = [float(f"{v:.13g}") if isinstance(v, float) else v for v in map(plain, values)]
    return values[0] if len(values) > 1 and len({repr(v) for v in values}) == 1 else values


def rows(result, period):
    """The chunk columns, and of every figure its properties, by chunk."""
    df = result.filter(period=period).to_df()
    chunks, figures = {}, {}
    for k in df.columns:
        if k[0] == "chunk":
            chunks[k[-1]] = [plain(v) for v in df[k]]
        else:
            figures.setdefault("/".join(k[:-1]), {})[k[-1]] = compact(df[k])
    return {"chunks": chunks, "figures": figures}


def both(calculator, reference, analysis):
    calculator.fit(reference)
    result = (calculator.estimate if hasattr(calculator, "estimate") else calculator.calculate)(analysis)
    return {"reference": rows(result, "reference"), "analysis": rows(result, "analysis")}


def column(series):
    return [plain(v) if not (isinstance(v, float) and math.isnan(v)) else None for v in series]


def columns_frame(rng, n, shift, cities):
    age = np.round(rng.normal(40 + 8 * shift, 12, n), 2)
    age[rng.random(n) < 0.06 + 0.05 * shift] = np.nan
    amount = np.round(rng.lognormal(2 + 0.5 * shift, 0.8, n), 3)
    city = rng.choice(cities, n, p=np.linspace(1, 2 + shift, len(cities)) / np.linspace(1, 2 + shift, len(cities)).sum()).astype(object)
    city[rng.random(n) < 0.05] = np.nan
    flag = np.where(rng.random(n) < 0.3 + 0.2 * shift, "yes", "no").astype(object)
    score = np.round(age * 0.5 + rng.normal(0, 4, n), 2)
    score = np.where(np.isnan(score), 20.0, score)
    return pd.DataFrame({"age": age, "amount": amount, "score": score, "city": city, "flag": flag})


def dump(name, content):
    with open(f"{sys.argv[1]}/{name}.json", "w") as out:
        json.dump({"versions": versions, **content}, out, separators=(",", ":"))
        out.write("\n")


def columns_golden():
    rng = np.random.default_rng(11)
    reference, analysis = columns_frame(rng, 500, 0, ["a", "b", "c", "d"]), columns_frame(rng, 260, 1, ["a", "b", "c", "e"])
    start = pd.Timestamp("2024-01-30 06:00:00")
    for frame, offset in ((reference, 0), (analysis, 520)):
        hours = rng.permutation(np.arange(len(frame)) * 5 + offset * 5)
        frame["ts"] = start + pd.to_timedelta(hours, unit="h")
    # A column without values in the second chunk of the analysis.
    analysis.loc[100:199, "city"] = np.nan
    continuous, categorical = ["age", "amount", "score"], ["city", "flag"]
    names = continuous + categorical

    def univariate(**chunking):
        return both(nml.UnivariateDriftCalculator(
            column_names=names, continuous_methods=["jensen_shannon", "hellinger", "kolmogorov_smirnov", "wasserstein"],
            categorical_methods=["jensen_shannon", "hellinger", "l_infinity", "chi2"], **chunking), reference, analysis)

    def shannon(**chunking):
        return both(nml.UnivariateDriftCalculator(column_names=["age", "city"], **chunking), reference, analysis)

    quality = {
        "missing_values": both(nml.MissingValuesCalculator(column_names=names, chunk_size=100), reference, analysis),
        "missing_values_count": both(nml.MissingValuesCalculator(column_names=names, normalize=False, chunk_size=100), reference, analysis),
        "unseen_values": both(nml.UnseenValuesCalculator(column_names=categorical, chunk_size=100), reference, analysis),
        "numerical_range": both(nml.NumericalRangeCalculator(column_names=continuous, chunk_size=100), reference, analysis),
    }
    summary = {
        "avg": both(nml.SummaryStatsAvgCalculator(column_names=continuous, chunk_size=100), reference, analysis),
        "median": both(nml.SummaryStatsMedianCalculator(column_names=continuous, chunk_size=100), reference, analysis),
        "std": both(nml.SummaryStatsStdCalculator(column_names=continuous, chunk_size=100), reference, analysis),
        "sum": both(nml.SummaryStatsSumCalculator(column_names=continuous, chunk_size=100), reference, analysis),
        "count": both(nml.SummaryStatsRowCountCalculator(chunk_size=100), reference, analysis),
    }
    ranked = nml.UnivariateDriftCalculator(column_names=names, chunk_size=50)
    ranked.fit(reference)
    drift = ranked.calculate(analysis)
    alerts = nml.AlertCountRanker().rank(drift)
    dump("nannyml-columns", {
        "data": {part: {name: column(frame[name]) for name in [*names, "ts"]} for part, frame in (("reference", reference), ("analysis", analysis))},
        "univariate": {
            "size": univariate(chunk_size=100),
            "number": shannon(chunk_number=3, timestamp_column_name="ts"),
            "period": shannon(chunk_period="M", timestamp_column_name="ts"),
            "append": shannon(chunker=SizeBasedChunker(60, incomplete="append")),
            "drop": shannon(chunker=SizeBasedChunker(60, incomplete="drop")),
        },
        "thresholds": both(nml.UnivariateDriftCalculator(
            column_names=["age", "amount"], continuous_methods=["kolmogorov_smirnov", "wasserstein"], chunk_size=50,
            thresholds={"kolmogorov_smirnov": ConstantThreshold(lower=0.02, upper=0.2),
                        "wasserstein": StandardDeviationThreshold(std_lower_multiplier=1, std_upper_multiplier=2, offset_from=np.median)}), reference, analysis),
        "periods": {offset: [[k.key, plain(k.start_datetime), plain(k.end_datetime), len(k.data)]
                             for k in PeriodBasedChunker("ts", offset=offset).split(reference)][:12] for offset in ["Y", "Q", "M", "W", "D", "h"]},
        "reconstruction": both(nml.DataReconstructionDriftCalculator(column_names=names, chunk_size=100), reference, analysis),
        "quality": quality,
        "summary": summary,
        "ranking": [[r["column_name"], int(r["number_of_alerts"])] for _, r in alerts.iterrows()],
    })


def labelled(rng, n, tilt):
    truth_share = np.clip(rng.beta(0.9, 1.3, n) + tilt, 0.01, 0.99)
    y = (rng.random(n) < truth_share).astype(int)
    p = np.round(np.clip(truth_share ** 1.6 + rng.normal(0, 0.05, n), 0, 1), 2)
    return pd.DataFrame({"p": p, "y": y, "guess": (p > 0.45).astype(int)})


def multi(rng, n, tilt):
    weights = rng.gamma([0.7, 0.9 + tilt, 0.6], 1, (n, 3)) + 0.02
    share = weights / weights.sum(axis=1, keepdims=True)
    y = np.array(["low", "mid", "top"])[[rng.choice(3, p=s) for s in share]]
    skewed = share ** 1.8
    skewed = np.round(skewed / skewed.sum(axis=1, keepdims=True), 3)
    skewed[:, 0] = np.round(1 - skewed[:, 1] - skewed[:, 2], 3)
    skewed = np.clip(skewed, 0, 1)
    guess = np.array(["low", "mid", "top"])[skewed.argmax(axis=1)]
    return pd.DataFrame({"pl": skewed[:, 0], "pm": skewed[:, 1], "pt": skewed[:, 2], "y": y, "guess": guess})


CLASSIFICATION = ["roc_auc", "f1", "precision", "recall", "specificity", "accuracy", "confusion_matrix", "business_value", "average_precision"]
BINARY = dict(y_true="y", y_pred="guess", y_pred_proba="p", problem_type="classification_binary", business_value_matrix=[[1, -2], [-7, 5]])
MULTI = dict(y_true="y", y_pred="guess", y_pred_proba={"low": "pl", "mid": "pm", "top": "pt"}, problem_type="classification_multiclass",
             business_value_matrix=[[2, -1, -3], [-1, 3, -1], [-4, -2, 6]])


def performance_golden():
    rng = np.random.default_rng(5)
    reference, analysis = labelled(rng, 900, 0), labelled(rng, 420, 0.1)
    late = analysis.copy()
    late["y"] = late["y"].astype(float)
    late.loc[250:, "y"] = np.nan
    one = analysis.copy()
    one.loc[0:99, ["y", "guess"]] = 0
    three_ref, three = multi(rng, 800, 0), multi(rng, 420, 0.5)
    y = np.round(rng.gamma(2, 3, 600), 2)
    houses = pd.DataFrame({"y": y, "guess": np.round(np.abs(y + rng.normal(0, 1, 600)), 2), "x": np.round(y * rng.random(600), 2)})
    houses_now = pd.DataFrame({"y": y[:310], "guess": np.round(np.abs(y[:310] * 1.2 + rng.normal(0, 1, 310)), 2), "x": np.round(y[:310] * rng.random(310), 2)})

    def realised(kind, ref, now, metrics=CLASSIFICATION, **options):
        return both(nml.PerformanceCalculator(metrics=metrics, chunk_size=100, **kind, **options), ref, now)

    def cbpe(kind, ref, now, metrics=CLASSIFICATION, **options):
        return both(nml.CBPE(metrics=metrics, chunk_size=100, **kind, **options), ref, now)

    cells = ["confusion_matrix", "business_value"]

    errors = []
    inner = calibration._calculate_expected_calibration_error
    calibration._calculate_expected_calibration_error = lambda *a: errors.append(float(inner(*a))) or errors[-1]
    needs_calibration(reference["y"], reference["p"], IsotonicCalibrator())
    calibration._calculate_expected_calibration_error = inner
    frames = {"reference": reference, "analysis": analysis, "late": late, "one": one}
    dump("nannyml-binary", {
        "data": {name: {c: column(frame[c]) for c in frame} for name, frame in frames.items()},
        "calibrationErrors": errors,
        "realised": {
            "plain": realised(BINARY, reference, analysis),
            "late": realised(BINARY, reference, late, [*cells, "roc_auc", "accuracy"], normalize_confusion_matrix="true", normalize_business_value="per_prediction"),
            "one": realised(BINARY, reference, one, [*cells, "specificity", "f1"], normalize_confusion_matrix="pred"),
            "all": realised(BINARY, reference, analysis, cells, normalize_confusion_matrix="all"),
        },
        "cbpe": {
            "plain": cbpe(BINARY, reference, analysis),
            "late": cbpe(BINARY, reference, late, [*cells, "roc_auc", "accuracy"], normalize_confusion_matrix="true", normalize_business_value="per_prediction"),
            "one": cbpe(BINARY, reference, one, [*cells, "specificity", "f1"], normalize_confusion_matrix="pred"),
            "all": cbpe(BINARY, reference, analysis.drop(columns=["y"]), cells, normalize_confusion_matrix="all"),
        },
    })
    performance = nml.PerformanceCalculator(metrics=["mae"], y_true="y", y_pred="guess", problem_type="regression", chunk_size=50).fit(houses)
    realised_mae = performance.calculate(houses_now)
    univariate = nml.UnivariateDriftCalculator(column_names=["y", "guess"], chunk_size=50)
    univariate.fit(houses)
    drift = univariate.calculate(houses_now)
    ranker = nml.CorrelationRanker().fit(realised_mae.filter(period="reference"))
    ranked = ranker.rank(drift.filter(period="analysis"), realised_mae.filter(period="analysis"))
    dump("nannyml-others", {
        "data": {name: {c: column(frame[c]) for c in frame} for name, frame in
                 {"reference": three_ref, "analysis": three, "houses": houses, "housesNow": houses_now}.items()},
        "realised": {
            "plain": realised(MULTI, three_ref, three),
            "true": realised(MULTI, three_ref, three, cells, normalize_confusion_matrix="true", normalize_business_value="per_prediction"),
            "pred": realised(MULTI, three_ref, three, cells, normalize_confusion_matrix="pred"),
        },
        "cbpe": {
            "plain": cbpe(MULTI, three_ref, three),
            "true": cbpe(MULTI, three_ref, three, cells, normalize_confusion_matrix="true", normalize_business_value="per_prediction"),
            "all": cbpe(MULTI, three_ref, three, cells, normalize_confusion_matrix="all"),
        },
        "regression": both(nml.PerformanceCalculator(metrics=["mae", "mape", "mse", "msle", "rmse", "rmsle"], y_true="y", y_pred="guess",
                                                     problem_type="regression", chunk_size=100), houses, houses_now),
        "dle": both(nml.DLE(feature_column_names=["x"], y_true="y", y_pred="guess", metrics=["mae", "rmse"], chunk_size=100), houses, houses_now),
        "correlation": [[r["column_name"], plain(r["pearsonr_correlation"]), plain(r["pearsonr_pvalue"]), plain(r["has_drifted"])] for _, r in ranked.iterrows()],
    })


def wave(n, step, scale):
    """The same in every language: whole numbers, one division, products."""
    u = ((np.arange(n) * step) % 10007) / 10007
    return u * u * u * scale


def draws_golden():
    big, now = wave(12000, 7919, 10), [wave(900, 5003, 10), wave(900, 4001, 13) - 1, wave(900, 3001, 4)]
    methods = ["jensen_shannon", "hellinger", "kolmogorov_smirnov", "wasserstein"]
    calculator = nml.UnivariateDriftCalculator(column_names=["x"], continuous_methods=methods, chunk_size=900)
    binned = both(calculator, pd.DataFrame({"x": big}), pd.DataFrame({"x": np.concatenate(now)}))
    rng = np.random.default_rng(3)
    labels = (rng.random(57) < 0.3).astype(int)
    splits = list(StratifiedShuffleSplit(n_splits=4, test_size=0.1, random_state=42).split(labels, labels))
    folds = np.zeros(57, int)
    for i, (_, test) in enumerate(StratifiedKFold(n_splits=5).split(labels, labels)):
        folds[test] = i
    tied = rng.integers(0, 40, 300).astype(float)
    scores = np.round(rng.random(120), 2)
    outcomes = (rng.random(120) < scores ** 2).astype(int)
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(scores, outcomes)
    at = np.round(np.linspace(-0.1, 1.1, 61), 3)
    samples = [rng.normal(0, 1, 200), rng.exponential(1, 1000), rng.integers(0, 9, 77).astype(float), np.full(5, 3.0), np.array([1.0, 4.0])]
    state = np.random.RandomState(42)
    dump("nannyml-draws", {
        "permutations": {str(n): state.permutation(n).tolist() for n in (1, 2, 10, 700)},
        "labels": labels.tolist(),
        "splits": [{"train": a.tolist(), "test": b.tolist()} for a, b in splits],
        "folds": folds.tolist(),
        "tied": tied.tolist(), "order": np.argsort(tied).tolist(),
        "isotonic": {"scores": scores.tolist(), "outcomes": outcomes.tolist(), "knots": isotonic.X_thresholds_.tolist(),
                     "values": isotonic.y_thresholds_.tolist(), "at": at.tolist(), "found": isotonic.predict(at).tolist()},
        "doane": [{"values": s.tolist(), "edges": np.histogram_bin_edges(s, bins="doane").tolist()} for s in samples],
        "binned": binned,
    })


columns_golden()
performance_golden()
draws_golden()
