"""Reference values of src/learn/pca, from scikit-learn, on numbers that are exact in every language.

    scripts/peers.sh run learners packages/stats/golden/learn-pca.py > packages/stats/golden/learn-pca.json
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.decomposition import PCA

rng = np.random.default_rng(5)
hidden = rng.normal(size=(80, 3))
x = np.round((hidden @ rng.normal(size=(3, 6)) + 0.3 * rng.normal(size=(80, 6))) * [1, 10, 0.1, 3, 1, 100] * 256) / 256 + 4
at = np.round(rng.normal(size=(6, 6)) * [1, 10, 0.1, 3, 1, 100] * 256) / 256

plain = PCA(n_components=3, svd_solver="full").fit(x)
# By the deviation with n - 1, as in the covariance; StandardScaler would divide by that with n.
deviation = x.std(axis=0, ddof=1)
scaled = PCA(n_components=0.9, svd_solver="full").fit(x / deviation)


def described(model, rows):
    back = model.inverse_transform(model.transform(rows))
    return {
        "components": model.components_.tolist(),
        "variances": model.explained_variance_.tolist(),
        "shares": model.explained_variance_ratio_.tolist(),
        "projected": model.transform(rows).ravel().tolist(),
        "errors": np.linalg.norm(rows - back, axis=1).tolist(),
    }


json.dump(
    {
        "generator": "golden/learn-pca.py",
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "columns": x.T.tolist(),
        "at": at.T.tolist(),
        "plain": described(plain, at),
        "standardised": described(scaled, at / deviation),
    },
    sys.stdout,
)
print()
