"""Reference values of src/anomaly, from scikit-learn: the path normaliser c(n), and the scores of an isolation forest
whose trees stand beside them. Drawn values lie on a grid of eighths.

    scripts/peers.sh run learners packages/stats/golden/anomaly-forest.py > packages/stats/golden/anomaly-forest.json
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest
from sklearn.ensemble._iforest import _average_path_length

rng = np.random.default_rng(9)
x = np.round(rng.normal(size=(200, 4)) * 8) / 8
at = np.round(rng.normal(size=(30, 4)) * 3 * 8) / 8
forest = IsolationForest(n_estimators=8, max_samples=64, random_state=3).fit(x)
SIZES = [0, 1, 2, 3, 4, 5, 10, 100, 255, 256, 1000, 100000]


def described(tree):
    depth = np.zeros(tree.node_count)
    for node in range(tree.node_count):
        for child in (tree.children_left[node], tree.children_right[node]):
            if child >= 0:
                depth[child] = depth[node] + 1
    leaf = tree.children_left < 0
    return {
        "feature": np.where(leaf, -1, tree.feature).tolist(),
        "threshold": np.where(leaf, 0, tree.threshold).astype("f4").astype("f8").tolist(),
        "missingLeft": [0] * tree.node_count,
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        # The path to a leaf; what is expected beyond it is added by the test.
        "value": np.where(leaf, depth, 0).tolist(),
        "gain": [0] * tree.node_count,
        "rows": tree.n_node_samples.tolist(),
        "listed": [],
    }


json.dump(
    {
        "generator": "golden/anomaly-forest.py",
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "normaliser": {"rows": SIZES, "expected": _average_path_length(np.array(SIZES)).tolist()},
        "forest": {
            "sample": int(forest.max_samples_),
            "trees": [described(tree.tree_) for tree in forest.estimators_],
            "columns": at.T.tolist(),
            "scores": (-forest.score_samples(at)).tolist(),
        },
    },
    sys.stdout,
)
print()
