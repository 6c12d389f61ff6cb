"""Trains LightGBM's defaults (LGBMClassifier, LGBMRegressor) on the sets that bench/learners.ts wrote into a folder, one
thread, the same rows, categories given natively; writes held-out predictions and the seconds of CPU beside them."""
import json, pathlib, sys, time
import lightgbm
import numpy as np

home = pathlib.Path(sys.argv[1])
sets = json.loads((home / "sets.json").read_text())
report = []
for item in sets:
    rows, names = item["rows"], item["features"]
    x = np.fromfile(home / f"{item['name']}.x", dtype="<f8").reshape(len(names), rows).T.copy()
    y = np.fromfile(home / f"{item['name']}.y", dtype="<f8")
    categorical = [j for j, kind in enumerate(item["kinds"]) if kind == "categorical"]
    learner = lightgbm.LGBMClassifier if item["task"] == "binary" else lightgbm.LGBMRegressor
    seconds = []
    for split in range(item["splits"]):
        held = np.fromfile(home / f"{item['name']}.{split}", dtype="u1") == 1
        train_x, train_y = x[~held], y[~held]
        begin = time.process_time()
        model = learner(n_jobs=1, verbose=-1).fit(train_x, train_y, categorical_feature=categorical or "auto")
        seconds.append(time.process_time() - begin)
        booster = model.booster_
        booster.predict(x[held], num_threads=1).astype("<f8").tofile(home / f"{item['name']}.{split}.p")
    report.append({"name": item["name"], "seconds": seconds})
print(json.dumps({"version": lightgbm.__version__, "sets": report}))
