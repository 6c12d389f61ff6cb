"""Fits scikit-learn's IsolationForest, defaults and one thread, to what bench/anomaly.ts wrote into a folder; writes the
scores of the current rows, and the seconds of CPU of fitting and scoring."""
import json, pathlib, sys, time
import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest

home = pathlib.Path(sys.argv[1])
report = []
for item in json.loads((home / "sets.json").read_text()):
    width = item["features"]
    reference = np.fromfile(home / f"{item['name']}.reference", dtype="<f8").reshape(width, -1).T.copy()
    current = np.fromfile(home / f"{item['name']}.current", dtype="<f8").reshape(width, -1).T.copy()
    begin = time.process_time()
    model = IsolationForest(random_state=1, n_jobs=1).fit(reference)
    fitted = time.process_time()
    scores = -model.score_samples(current)
    done = time.process_time()
    scores.astype("<f8").tofile(home / f"{item['name']}.scores")
    report.append({"name": item["name"], "fit": fitted - begin, "score": done - fitted})
print(json.dumps({"version": sklearn.__version__, "sets": report}))
