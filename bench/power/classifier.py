"""Reads pairs of windows from standard input, answers with the out-of-fold AUC of a LightGBM domain classifier (five
folds, its defaults, one thread, categories as ordinal codes, as NannyML has it: told that they are categories, LightGBM
found no more) and the seconds of CPU it took. A frame is two u4, rows of a window and columns; then the two windows,
column by column, as f4."""
import sys, time
import lightgbm, numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

source = sys.stdin.buffer
parameters = dict(objective="binary", num_threads=1, verbose=-1, seed=0)
while len(head := source.read(8)) == 8:
    rows, width = (int(x) for x in np.frombuffer(head, "<u4"))
    x = np.frombuffer(source.read(8 * rows * width), "<f4").reshape(width, 2 * rows).T.astype("f8")
    y = np.repeat([0, 1], rows)
    begin = time.process_time()
    scores = np.empty(2 * rows)
    for train, held in StratifiedKFold(5, shuffle=True, random_state=0).split(x, y):
        data = lightgbm.Dataset(x[train], y[train], params=parameters)
        scores[held] = lightgbm.train(parameters, data, 100).predict(x[held], num_threads=1)
    print(roc_auc_score(y, scores), time.process_time() - begin, flush=True)
