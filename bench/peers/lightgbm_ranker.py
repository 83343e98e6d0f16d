"""The LightGBM side of `npm run bench -- ranking-trees`.

Usage: python lightgbm_ranker.py FOLDER
Speaks JSON lines (see process.ts): {"cmd": "fold", "fold": 0, "folds": 5, "trees": 100, "threads": 2} ->
{"seconds": from the rows in memory to the trained model, "cpuSeconds": the same, "scores": file of float64 by row of the fold}.

FOLDER/rows.json: rows, features; columns.f32 [features, rows], gains.f64 [rows], groups.u32 [queries + 1]. Query q is tested in fold q mod folds.

Gains are LightGBM's labels by their order, label_gain says what each counts. What is not named is LightGBM's default, as ours are. It counts histograms by
column: on these rows faster than by row, and it is spared the time to find out. Threads that wait do not spin (OMP_WAIT_POLICY): on a shared machine they
would take the time of those that work.
"""

import json
import os
import pathlib
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

try:
    import lightgbm
    import numpy as np
except ImportError as error:
    print(json.dumps({"missing": f"python module {error.name}"}), flush=True)
    sys.exit(0)

folder = pathlib.Path(sys.argv[1])
shape = json.loads((folder / "rows.json").read_text())
columns = np.fromfile(folder / "columns.f32", dtype=np.float32).reshape(shape["features"], shape["rows"])
X = np.ascontiguousarray(columns.T)
gains, labels = np.unique(np.fromfile(folder / "gains.f64"), return_inverse=True)
groups = np.fromfile(folder / "groups.u32", dtype=np.uint32).astype(int)
query_of = np.repeat(np.arange(len(groups) - 1), np.diff(groups))


def fold(fold, folds, trees, threads):
    test_queries = np.arange(len(groups) - 1) % folds == fold
    test = test_queries[query_of]
    counts = np.diff(groups)[~test_queries]
    features, wanted = X[~test], labels[~test]
    options = {
        "objective": "lambdarank",
        "label_gain": gains.tolist(),
        "num_threads": threads,
        "force_col_wise": True,
        "verbose": -1,
        "metric": "none",
    }
    started, cpu = time.perf_counter(), time.process_time()
    model = lightgbm.train(options, lightgbm.Dataset(features, wanted, group=counts), trees)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    path = folder / "scores.f64"
    model.predict(X[test]).tofile(path)
    return {"seconds": seconds, "cpuSeconds": cpu, "scores": str(path)}


print(json.dumps({"ready": True, "version": lightgbm.__version__}), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    if command.pop("cmd") == "fold":
        print(json.dumps(fold(**command)), flush=True)
