"""Reference values of src/learn/explain: trees and Shapley values of shap.TreeExplainer (path-dependent).

LightGBM's trees (categories, missing values, three classes) are explained by LightGBM itself behind shap; random numeric
trees by shap's own C code. Drawn values lie on a grid of eighths, so that thresholds survive as float32.

    scripts/peers.sh run learners packages/stats/golden/shap-values.py > packages/stats/golden/shap-values.json
"""

import json
import sys

import lightgbm
import numpy as np
import shap

rng = np.random.default_rng(11)
ROWS = 600
FLOAT32_MAX = float(np.finfo(np.float32).max)
KINDS = ["numeric", "numeric", "numeric", "categorical", "categorical"]
CATEGORIES = [0, 0, 0, 7, 40]


def draw(rows):
    columns = [rng.integers(-16, 17, rows) / 8 for _ in range(3)] + [rng.integers(0, n, rows).astype(float) for n in (7, 40)]
    x = np.array(columns).T
    x[rng.random(x.shape) < 0.1] = np.nan
    return x


def score(x):
    filled = np.nan_to_num(x, nan=0.7)
    return filled[:, 0] * filled[:, 1] + (filled[:, 3] * 3 % 5) / 2 - (filled[:, 4] * 7 % 3) + filled[:, 2]


def flat(structure):
    """LightGBM's nested tree as parallel lists, root first."""
    tree = {key: [] for key in ("feature", "threshold", "missingLeft", "left", "right", "value", "rows")}
    listed = []

    def add(node):
        at = len(tree["feature"])
        leaf = "leaf_value" in node
        categorical = not leaf and node["decision_type"] == "=="
        if categorical:
            listed.append([at, [int(code) for code in node["threshold"].split("||")]])
        tree["feature"].append(-1 if leaf else node["split_feature"])
        tree["threshold"].append(0 if leaf or categorical else float(np.float32(min(node["threshold"], FLOAT32_MAX))))
        tree["missingLeft"].append(0 if leaf or categorical else int(node["default_left"]))
        tree["value"].append(node["leaf_value"] if leaf else 0)
        tree["rows"].append(node["leaf_count"] if leaf else node["internal_count"])
        tree["left"].append(-1)
        tree["right"].append(-1)
        if not leaf:
            tree["left"][at] = add(node["left_child"])
            tree["right"][at] = add(node["right_child"])
        return at

    add(structure)
    return {**tree, "gain": [0] * len(tree["feature"]), "listed": listed}


def from_lightgbm(objective, classes, rounds):
    x = draw(ROWS)
    y = np.digitize(score(x), [-0.5, 1.0][:classes - 1]).astype(float)
    params = dict(objective=objective, num_leaves=10, min_data_in_leaf=5, min_data_per_group=10, cat_smooth=2, verbose=-1,
                  learning_rate=0.3, num_threads=1, seed=1, deterministic=True, boost_from_average=False, max_bin=60)
    if classes > 2:
        params["num_class"] = classes
    data = lightgbm.Dataset(x, y, categorical_feature=[3, 4], free_raw_data=False)
    model = lightgbm.train(params, data, rounds)
    at = draw(12)
    explainer = shap.TreeExplainer(model)
    values = np.asarray(explainer.shap_values(at))
    expected = np.atleast_1d(explainer.expected_value)
    if values.ndim == 2:
        values = values[:, :, None]
    outputs = values.shape[2]
    trees = [flat(info["tree_structure"]) for info in model.dump_model()["tree_info"]]
    return {
        "task": "binary" if classes == 2 else "multiclass",
        "kinds": KINDS,
        "categories": CATEGORIES,
        "rounds": [trees[i : i + outputs] for i in range(0, len(trees), outputs)],
        "columns": [[None if np.isnan(v) else v for v in column] for column in at.T.tolist()],
        "expected": expected[-outputs:].tolist(),
        "values": values.transpose(0, 2, 1).tolist(),
    }


def random_tree(width, depth):
    tree = {key: [] for key in ("feature", "threshold", "missingLeft", "left", "right", "value", "rows")}

    def add(level, rows):
        at = len(tree["feature"])
        leaf = level == depth or rows < 4 or rng.random() < 0.1
        tree["feature"].append(-1 if leaf else int(rng.integers(0, width)))
        tree["threshold"].append(0 if leaf else float(rng.integers(-12, 13) / 8))
        tree["missingLeft"].append(0 if leaf else int(rng.integers(0, 2)))
        tree["value"].append(float(rng.normal()) if leaf else 0)
        tree["rows"].append(rows)
        tree["left"].append(-1)
        tree["right"].append(-1)
        if not leaf:
            share = int(rng.integers(1, rows))
            tree["left"][at] = add(level + 1, share)
            tree["right"][at] = add(level + 1, rows - share)
        return at

    add(0, 1000)
    return {**tree, "gain": [0] * len(tree["feature"]), "listed": []}


def as_shap(tree):
    right = np.array(tree["right"])
    left = np.array(tree["left"])
    return {
        "children_left": left, "children_right": right,
        "children_default": np.where(np.array(tree["missingLeft"]) == 1, left, right),
        "features": np.array(tree["feature"]), "thresholds": np.array(tree["threshold"], dtype=float),
        "values": np.array(tree["value"], dtype=float).reshape(-1, 1),
        "node_sample_weight": np.array(tree["rows"], dtype=float),
    }


def from_random_trees():
    width = 4
    trees = [random_tree(width, depth) for depth in (3, 5, 7, 9)]
    at = rng.integers(-16, 17, (12, width)) / 8
    at[rng.random(at.shape) < 0.1] = np.nan
    explainer = shap.TreeExplainer({"trees": [as_shap(tree) for tree in trees]}, feature_perturbation="tree_path_dependent")
    values = np.asarray(explainer.shap_values(at, check_additivity=False)).reshape(12, 1, width)
    return {
        "task": "regression",
        "kinds": ["numeric"] * width,
        "categories": [0] * width,
        "rounds": [[tree] for tree in trees],
        "columns": [[None if np.isnan(v) else v for v in column] for column in at.T.tolist()],
        "expected": np.atleast_1d(explainer.expected_value).tolist(),
        "values": values.tolist(),
    }


json.dump(
    {
        "generator": "golden/shap-values.py",
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "shap": shap.__version__, "lightgbm": lightgbm.__version__},
        "cases": {
            "two classes": from_lightgbm("binary", 2, 10),
            "three classes": from_lightgbm("multiclass", 3, 4),
            "random numeric trees": from_random_trees(),
        },
    },
    sys.stdout,
)
print()
