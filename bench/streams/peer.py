"""Runs river's detectors over streams: seconds of CPU, and the values after which each says drift. Argument: a folder with
streams.json (a list of {method, options, rows}) and values.f64, their values one after the other."""
import array
import json
import sys
import time

import river
from river import drift

METHODS = {
    "ADWIN": drift.ADWIN, "DDM": drift.binary.DDM, "EDDM": drift.binary.EDDM, "FHDDM": drift.binary.FHDDM,
    "HDDMA": drift.binary.HDDMA, "HDDMW": drift.binary.HDDMW, "KSWIN": drift.KSWIN, "PageHinkley": drift.PageHinkley,
}

home = sys.argv[1]
asked = json.load(open(f"{home}/streams.json"))
answers = []
with open(f"{home}/values.f64", "rb") as file:
    for one in asked:
        values = array.array("d")
        values.fromfile(file, one["rows"])
        detector = METHODS[one["method"]](**one["options"])
        drifts = []
        began = time.process_time()
        for i, x in enumerate(values):
            detector.update(x)
            if detector.drift_detected:
                drifts.append(i)
        answers.append({"seconds": time.process_time() - began, "drifts": drifts})
json.dump({"version": river.__version__, "answers": answers}, sys.stdout)
