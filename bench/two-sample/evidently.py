"""False alarms of Evidently's own tests at their own thresholds, two samples of one distribution. Prints JSON.
Run: scripts/peers.sh run evidently bench/two-sample/evidently.py <trials>"""
import json, sys, warnings
sys.path.pop(0)  # this file is named like the package that it asks
warnings.filterwarnings("ignore")
import evidently, numpy as np, pandas as pd
from evidently.legacy.calculations.stattests import registry
from evidently.legacy.core import ColumnType

rng = np.random.default_rng(20261121)
trials = int(sys.argv[1])


def alarms(test, kind, draw, n, m):
    run = registry.get_registered_stattest(test, ColumnType(kind))
    found = [run(pd.Series(draw(n)), pd.Series(draw(m)), ColumnType(kind), None) for _ in range(trials)]
    return {"threshold": found[0].actual_threshold, "alarms": 100 * sum(bool(r.drifted) for r in found) / trials}


def even(k):
    return lambda rows: rng.integers(0, k, rows).astype(str)


def normal(rows):
    return rng.normal(size=rows)


cells = [("chisquare", "cat", even(k), n, m, f"{k} even") for k in (3, 20) for n, m in ((1000, 200), (1000, 1000))]
cells += [("wasserstein", "num", normal, 5000, m, "normal") for m in (50, 200, 1000)]
cells += [("jensenshannon", "cat", even(20), 5000, 100, "20 even"), ("psi", "num", normal, 5000, 100, "normal"),
          ("psi", "num", normal, 5000, 500, "normal"), ("ks", "num", normal, 1000, 200, "normal"), ("mannw", "num", normal, 1000, 200, "normal")]
print(json.dumps({"version": evidently.__version__, "cells": [
    {"test": test, "world": world, "n": n, "m": m, **alarms(test, kind, draw, n, m)} for test, kind, draw, n, m, world in cells]}))
