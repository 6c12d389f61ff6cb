"""Reference values for src/learn: scikit-learn's linear models, isotonic and sigmoid calibration, and LightGBM's
held-out losses, on data that src/learn/golden.test.ts draws again from the same seeds.

Only + - * / and comparisons are used on the drawn numbers, so that both languages get the same bits.

    pip install scikit-learn lightgbm numpy && python golden/learn.py > golden/learn.json
"""

import json
import sys

import lightgbm
import numpy as np
import sklearn
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

MASK = 0xFFFFFFFF
NUMERIC = 8
CATEGORIES = [6, 40]
EFFECTS = [0, 0.5, -0.5, 1, -1, 2]


class Random:
    """xoshiro128** 1.1, seeded as src/random.ts does."""

    def __init__(self, seed):
        self.state = []
        for lane in (0x811C9DC5, 0x9E3779B9, 0x85EBCA6B, 0xC2B2AE35):
            for char in seed:
                lane = ((lane ^ ord(char)) * 0x01000193) & MASK
            lane = ((lane ^ (lane >> 16)) * 0x85EBCA6B) & MASK
            lane = ((lane ^ (lane >> 13)) * 0xC2B2AE35) & MASK
            self.state.append(lane ^ (lane >> 16))

    def word(self):
        s = self.state
        x = (s[1] * 5) & MASK
        word = ((((x << 7) | (x >> 25)) & MASK) * 9) & MASK
        t = (s[1] << 9) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = ((s[3] << 11) | (s[3] >> 21)) & MASK
        return word

    def next(self):
        high = self.word() >> 5
        return (high * 0x4000000 + (self.word() >> 6)) / 0x20000000000000

    def integer(self, n):
        limit = 0x100000000 - 0x100000000 % n
        drawn = self.word()
        while drawn >= limit:
            drawn = self.word()
        return drawn % n


def draw_world(seed, rows):
    """Columns, weights 1 to 3, and a noisy score that is the target of regression and, cut, of the other tasks."""
    random = Random(seed)
    columns = np.empty((rows, NUMERIC + len(CATEGORIES)))
    weights = np.empty(rows)
    scores = np.empty(rows)
    for row in range(rows):
        x = [random.integer(4096) / 512 - 4 for _ in range(NUMERIC)]
        c = [random.integer(count) for count in CATEGORIES]
        missing = random.next() < 0.1
        weights[row] = 1 + random.integer(3)
        noise = -6
        for _ in range(12):
            noise += random.next()
        score = x[0] + 0.5 * x[1] * (1 if missing else x[2]) - (1.5 if x[3] > 1 else 0) + 0.25 * x[4] * x[4] - 1
        score += EFFECTS[c[0]] + ((c[1] * 7) % 5 - 2) / 2
        scores[row] = score + noise
        if missing:
            x[2] = np.nan
        columns[row] = x + c
    return columns, weights, scores


def targets(scores):
    return {
        "regression": scores,
        "binary": (scores > 0.5).astype(float),
        "multiclass": (scores > -1).astype(float) + (scores > 2),
    }


def design(columns, weights):
    numbers = columns[:, :NUMERIC]
    # StandardScaler has no weights beside missing values: the moments are taken column by column.
    standard = np.empty_like(numbers)
    for j in range(NUMERIC):
        present = ~np.isnan(numbers[:, j])
        scaler = StandardScaler().fit(numbers[present, j : j + 1], sample_weight=weights[present])
        standard[:, j] = np.nan_to_num(scaler.transform(numbers[:, j : j + 1])[:, 0], nan=0.0)
    one_hot = [np.eye(count)[columns[:, NUMERIC + j].astype(int)] for j, count in enumerate(CATEGORIES)]
    return np.hstack([standard, *one_hot])


def linear_golden():
    columns, weights, scores = draw_world("linear", 1500)
    x = design(columns, weights)
    y = targets(scores)
    ridge = Ridge(alpha=3, solver="cholesky").fit(x, y["regression"], sample_weight=weights)
    exact = dict(C=0.5, solver="newton-cholesky", tol=1e-14, max_iter=1000)
    binary = LogisticRegression(**exact).fit(x, y["binary"], sample_weight=weights)
    many = LogisticRegression(**exact).fit(x, y["multiclass"], sample_weight=weights)

    def fitted(intercept, coefficients):
        intercept = np.atleast_1d(intercept)
        centred = intercept - intercept.mean() if len(intercept) > 1 else intercept
        return {"intercept": centred.tolist(), "coefficients": np.atleast_2d(coefficients).tolist()}

    return {
        "seed": "linear",
        "rows": 1500,
        "regression": {"l2": 3, **fitted(ridge.intercept_, ridge.coef_)},
        "binary": {"l2": 2, **fitted(binary.intercept_, binary.coef_)},
        "multiclass": {"l2": 2, **fitted(many.intercept_, many.coef_)},
    }


def calibration_golden():
    random = Random("calibration")
    rows = 400
    p, outcomes, weights = np.empty(rows), np.empty(rows), np.empty(rows)
    for row in range(rows):
        p[row] = (1 + random.integer(255)) / 256
        outcomes[row] = float(random.next() < p[row] * p[row])
        weights[row] = 1 + random.integer(3)
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(p, outcomes, sample_weight=weights)
    sigmoid = _SigmoidCalibration().fit(np.log(p / (1 - p)), outcomes)
    grid = np.arange(101) / 100
    return {
        "seed": "calibration",
        "rows": rows,
        "isotonic": {
            "from": isotonic.X_thresholds_.tolist(),
            "to": isotonic.y_thresholds_.tolist(),
            "at": grid.tolist(),
            "predicted": isotonic.predict(grid).tolist(),
        },
        "platt": {"slope": -float(sigmoid.a_), "intercept": -float(sigmoid.b_)},
    }


def trees_golden():
    rows, rounds = 16000, 60
    train, held = draw_world("trees train 0", rows), draw_world("trees held out 0", rows)
    peers = {}
    for features, width in (("numeric", NUMERIC), ("all", NUMERIC + len(CATEGORIES))):
        for task in ("regression", "binary", "multiclass"):
            loss = lightgbm_loss(task, width, rounds, train, held)
            peers[f"{task} {features}"] = {"task": task, "features": width, "loss": loss}
    seeds = {"train": "trees train 0", "heldOut": "trees held out 0"}
    return {**seeds, "rows": rows, "rounds": rounds, "lightgbm": peers}


def lightgbm_loss(task, width, rounds, train, held):
    """Log loss, or root mean squared error for regression. 64 leaves of depth 6 are a full tree, as ours grow."""
    y, truth = targets(train[2])[task], targets(held[2])[task]
    params = dict(
        objective=task, learning_rate=0.1, num_leaves=64, max_depth=6, min_data_in_leaf=20, lambda_l2=1,
        max_bin=255, num_threads=1, seed=1, deterministic=True, force_row_wise=True, verbose=-1,
    )
    if task == "multiclass":
        params["num_class"] = 3
    data = lightgbm.Dataset(train[0][:, :width], y, categorical_feature=list(range(NUMERIC, width)))
    predicted = lightgbm.train(params, data, rounds).predict(held[0][:, :width])
    return float(np.sqrt(np.mean((predicted - truth) ** 2))) if task == "regression" else float(log_loss(truth, predicted))


json.dump(
    {
        "generator": "golden/learn.py",
        "versions": {
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
            "lightgbm": lightgbm.__version__,
        },
        "linear": linear_golden(),
        "calibration": calibration_golden(),
        "trees": trees_golden(),
    },
    sys.stdout,
    indent=1,
)
print()
