"""
Reference values of packages/stats/src/compat/river: where river's detectors say drift, and warning.
Run: scripts/peers.sh run learners packages/stats/golden/river-detectors.py > packages/stats/golden/river-detectors.json
Made with river 0.26.1, SciPy 1.17.1, Python 3.11.

The streams s1, s6 and fhddm are those of river's own docstrings; the others are seeded here. Warnings are half-open spans.
"""
import json
import random
import sys

import river
import scipy
from river import drift


def choices(seed, *parts):
    rng = random.Random(seed)
    return [x for population, k, weights in parts for x in rng.choices(population, weights, k=k)]


def bernoulli(seed, *parts):
    rng = random.Random(seed)
    return [int(rng.random() < p) for p, k in parts for _ in range(k)]


def normals(seed, *parts):
    rng = random.Random(seed)
    return [round(rng.gauss(mean, sd), 2) for mean, sd, k in parts for _ in range(k)]


def uniform(seed, *parts):
    rng = random.Random(seed)
    return [round(rng.uniform(low, high), 2) for low, high, k in parts for _ in range(k)]


def packed(bits):
    """Runs of one value: short to write, and the first is 0."""
    runs, last, count = [], 0, 0
    for bit in bits:
        if bit != last:
            runs.append(count)
            last, count = bit, 0
        count += 1
    return runs + [count]


bits = {
    "s6": choices(42, ([0, 1], 1000, None), ([0, 1], 1000, [0.3, 0.7])),
    "fhddm": choices(42, ([0, 1], 250, None), ([0, 1], 250, [0.9, 0.1])),
    "rise": bernoulli(1, (0.2, 1500), (0.6, 1500)),
    "steps": bernoulli(2, (0.2, 800), (0.8, 800), (0.2, 800), (0.8, 800), (0.2, 800)),
    "rare": bernoulli(3, (0.02, 2500), (0.15, 1500)),
    "fall": bernoulli(4, (0.9, 1200), (0.3, 1200)),
    "null": bernoulli(5, (0.3, 4000)),
}
numbers = {
    "s1": choices(12345, ([0, 1], 1000, None), (range(4, 8), 1000, None)),
    "shift": normals(6, (0, 1, 700), (1.5, 1, 700), (-1, 1, 600)),
    "large": normals(7, (1000, 50, 800), (900, 50, 700)),
    "shares": uniform(8, (0, 0.5, 600), (0.3, 1, 600), (0, 0.2, 600)),
}
streams = {**bits, **numbers}

METHODS = {
    "ADWIN": drift.ADWIN, "DDM": drift.binary.DDM, "EDDM": drift.binary.EDDM, "FHDDM": drift.binary.FHDDM,
    "HDDMA": drift.binary.HDDMA, "HDDMW": drift.binary.HDDMW, "KSWIN": drift.KSWIN, "PageHinkley": drift.PageHinkley,
}
OPTIONS = {
    "ADWIN": [{}, {"delta": 0.05}, {"clock": 1, "delta": 0.01}, {"max_buckets": 2, "clock": 8},
              {"min_window_length": 30, "grace_period": 200}, {"max_buckets": 3, "min_window_length": 1, "grace_period": 0}],
    "DDM": [{}, {"warm_start": 100}, {"warning_threshold": 1, "drift_threshold": 2}, {"warm_start": 0, "drift_threshold": 4}],
    "EDDM": [{}, {"alpha": 0.9, "beta": 0.8}, {"alpha": 0.8, "beta": 0.75}, {"warm_start": 100}],
    "FHDDM": [{}, {"short_window_size": 20}, {"sliding_window_size": 40, "confidence_level": 0.001},
              {"sliding_window_size": 60, "short_window_size": 15, "confidence_level": 0.01}],
    "HDDMA": [{}, {"two_sided_test": True}, {"drift_confidence": 0.01, "warning_confidence": 0.05},
              {"drift_confidence": 1e-6, "two_sided_test": True}],
    "HDDMW": [{}, {"two_sided_test": True}, {"lambda_val": 0.01}, {"lambda_val": 0.2, "two_sided_test": True},
              {"drift_confidence": 0.01, "warning_confidence": 0.1}],
    "KSWIN": [{"seed": 42}, {"seed": 42, "alpha": 0.0001}, {"seed": 0, "alpha": 0.001, "window_size": 200},
              {"seed": 2**40 + 7, "window_size": 500, "stat_size": 20}, {"seed": -3, "window_size": 90, "stat_size": 45}],
    "PageHinkley": [{}, {"mode": "up"}, {"mode": "down"}, {"threshold": 10, "delta": 0.05, "alpha": 0.99},
                    {"min_instances": 500, "threshold": 20}],
}


def spans(flags):
    out = []
    for i, flag in enumerate(flags):
        if flag and (i == 0 or not flags[i - 1]):
            out.append([i, len(flags)])
        if not flag and i > 0 and flags[i - 1]:
            out[-1][1] = i
    return out


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


cases = []
for name, method in METHODS.items():
    for options in OPTIONS[name]:
        for stream, values in streams.items():
            if name == "DDM" and not all(0 <= x <= 1 for x in values):
                continue
            if name.startswith("HDDM") and stream == "large":  # far outside its range it fires with every second value
                continue
            detector = method(**options)
            drifts, warnings = [], []
            for i, x in enumerate(values):
                detector.update(x)
                if detector.drift_detected:
                    drifts.append(i)
                warnings.append(bool(getattr(detector, "warning_detected", False)))
            case = {"method": name, "options": {camel(k): v for k, v in options.items()}, "stream": stream, "drifts": drifts}
            if name not in ("ADWIN", "KSWIN", "PageHinkley", "FHDDM"):
                case["warnings"] = spans(warnings)
            cases.append(case)

warm = drift.KSWIN(seed=5, window=numbers["shares"][:150])
drifts = []
for i, x in enumerate(numbers["shares"][150:]):
    warm.update(x)
    if warm.drift_detected:
        drifts.append(i + 150)

json.dump({
    "made": f"river {river.__version__}, SciPy {scipy.__version__}, Python {sys.version.split()[0]}",
    "bits": {k: packed(v) for k, v in bits.items()},
    "numbers": numbers,
    "cases": cases,
    "warmKswin": {"seed": 5, "stream": "shares", "given": 150, "drifts": drifts},
    "samples": [{"seed": s, "n": n, "count": k, "drawn": random.Random(s).sample(range(n), k)}
                for s, n, k in [(0, 70, 30), (42, 1000, 30), (2**45 + 1, 10, 5), (-9, 500, 6)]],
}, sys.stdout, separators=(",", ":"))
