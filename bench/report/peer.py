"""Compares two Parquet files as each peer does by default, every column; prints the seconds it took after its imports,
and how many columns it calls drifted. Run: python peer.py evidently|nannyml|whylogs reference.parquet current.parquet"""
import json, sys, time, warnings

warnings.filterwarnings("ignore")
peer, reference_file, current_file = sys.argv[1:4]
import pandas as pd

if peer == "evidently":
    import evidently
    from evidently import Report
    from evidently.presets import DataDriftPreset
elif peer == "nannyml":
    import nannyml
else:
    import whylogs
    from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores

began = time.perf_counter()
reference, current = pd.read_parquet(reference_file), pd.read_parquet(current_file)
if peer == "evidently":
    version = evidently.__version__
    result = Report([DataDriftPreset()]).run(current, reference)
    drifted = int(json.loads(result.json())["metrics"][0]["value"]["count"])
elif peer == "nannyml":
    version = nannyml.__version__
    calculator = nannyml.UnivariateDriftCalculator(column_names=list(reference.columns), chunk_number=1)
    found = calculator.fit(reference).calculate(current).filter(period="analysis").to_df()
    drifted = sum(bool(found[(c, "jensen_shannon", "alert")].any()) for c in reference.columns)
else:
    version = whylogs.__version__
    target, base = whylogs.log(current).view(), whylogs.log(reference).view()
    scores = calculate_drift_scores(target_view=target, reference_view=base)
    drifted = sum(bool(score and score["pvalue"] < 0.05) for score in scores.values())
print(json.dumps({"version": version, "seconds": time.perf_counter() - began, "drifted": drifted}))
