"""Models made elsewhere, as people export them, with their own predictions: writes foreign.json beside this file.

    python -m venv venv && venv/bin/pip install scikit-learn skl2onnx pandas && venv/bin/python foreign.py
"""

import base64
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import (
    DoubleTensorType,
    FloatTensorType,
    Int64TensorType,
    StringTensorType,
)
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

random = np.random.default_rng(11)
ROWS = 400
SHOWN = 12
table = pd.DataFrame(
    {
        "amount": random.gamma(2, 40, ROWS).round(2),
        "items": random.integers(1, 9, ROWS),
        "account": 9_007_199_254_000 + random.integers(0, 900, ROWS),
        "shop": random.choice(["Lund", "Älmhult", "Malmö"], ROWS),
    }
)
odds = table.amount / 60 - table["items"] / 2 + (table.shop == "Lund") + (table.account % 900) / 450 - 1
fraud = (random.random(ROWS) < 1 / (1 + np.exp(-odds))).astype(int)


def exported(model, inputs, **options):
    graph = to_onnx(model, initial_types=inputs, options=options.get("options"), target_opset=options.get("opset", 17))
    graph.producer_version = ""
    return base64.b64encode(graph.SerializeToString()).decode()


def by_column():
    """An input per column: strings, doubles, whole numbers beyond float32."""
    columns = ColumnTransformer(
        [
            ("numbers", StandardScaler(), ["amount", "items", "account"]),
            ("shop", OneHotEncoder(handle_unknown="ignore"), ["shop"]),
        ]
    )
    model = make_pipeline(columns, LogisticRegression()).fit(table, fraud)
    inputs = [
        ("amount", DoubleTensorType([None, 1])),
        ("items", Int64TensorType([None, 1])),
        ("account", Int64TensorType([None, 1])),
        ("shop", StringTensorType([None, 1])),
    ]
    rows = pd.concat([table.head(SHOWN), table.head(1).assign(shop="Ystad")])
    options = {id(model[-1]): {"zipmap": False}}
    return {
        "columns": exported(model, inputs, options=options),
        "rows": rows.to_dict("records"),
        "probabilities": model.predict_proba(rows)[:, 1].tolist(),
    }


def as_matrix():
    """One matrix of float32 for all columns; the same with room for exactly one row."""
    x = table[["amount", "items"]].to_numpy(np.float32)
    y = (x[:, 0] * 2 - x[:, 1] * 3 + random.normal(0, 1, ROWS)).astype(np.float32)
    model = RandomForestRegressor(n_estimators=5, max_depth=4, random_state=1).fit(x, y)
    return {
        "matrix": exported(model, [("X", FloatTensorType([None, 2]))]),
        "oneRow": exported(model, [("X", FloatTensorType([1, 2]))]),
        "rows": table[["amount", "items"]].head(SHOWN).to_dict("records"),
        "predictions": model.predict(x[:SHOWN]).tolist(),
    }


def several_classes():
    x = table[["amount", "items"]].to_numpy(np.float32)
    model = LogisticRegression(max_iter=1000).fit(x, table.shop)
    options = {id(model): {"zipmap": False}}
    raw = {id(model): {"zipmap": False, "raw_scores": True}}
    return {
        "classes": model.classes_.tolist(),
        "matrix": exported(model, [("X", FloatTensorType([None, 2]))], options=options),
        "zipmap": exported(model, [("X", FloatTensorType([None, 2]))]),
        "rawScores": exported(model, [("X", FloatTensorType([None, 2]))], options=raw),
        "rows": table[["amount", "items"]].head(SHOWN).to_dict("records"),
        "probabilities": model.predict_proba(x[:SHOWN]).tolist(),
    }


versions = {name: version(name) for name in ("scikit-learn", "skl2onnx", "onnx", "numpy")}
golden = {"versions": versions, "binary": by_column(), "regression": as_matrix(), "multiclass": several_classes()}
Path(__file__).with_name("foreign.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
