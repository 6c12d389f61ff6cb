"""Accuracy, or ROC AUC, that NannyML's CBPE estimates for each chunk. Reads one JSON per line, writes one list per line."""
import json, os, sys, warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
import pandas as pd
warnings.filterwarnings("ignore")
import nannyml as nml

for line in sys.stdin:
    task = json.loads(line)
    metric, size = task["metric"], task["chunk"]
    frames = []
    for part in ("reference", "current"):
        frame = pd.DataFrame({"p": task[part]["scores"]})
        frame["yh"] = (frame.p >= 0.5).astype(int)
        if part == "reference":
            frame["y"] = pd.Series(task[part]["labels"]).astype(int)
        frames.append(frame)
    cbpe = nml.CBPE(y_pred_proba="p", y_pred="yh", y_true="y", metrics=[metric], problem_type="classification_binary",
                    chunk_size=size)
    cbpe.fit(frames[0])
    result = cbpe.estimate(frames[1]).filter(period="analysis").to_df()
    print(json.dumps({"value": result[(metric, "value")].tolist(), "alert": [bool(a) for a in result[(metric, "alert")]]}), flush=True)
