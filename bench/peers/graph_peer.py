"""What the graphs of other people have in common (faiss_hnsw.py, usearch_hnsw.py): times, and one answer to each line."""

import json
import pathlib
import sys
import time


def read_set():
    """-> the folder of the command line, the width, documents [documents, width] and queries [queries, width]"""
    import numpy as np

    folder = pathlib.Path(sys.argv[1])
    width = json.loads((folder / "shape.json").read_text())["width"]
    documents = np.memmap(folder / "documents.f32", dtype=np.float32).reshape(-1, width)
    queries = np.fromfile(folder / "queries.f32", dtype=np.float32).reshape(-1, width)
    return folder, width, documents, queries


def timed(work):
    """-> what the work gave, and what it took"""
    clock, processors = time.perf_counter(), time.process_time()
    made = work()
    return made, {"seconds": time.perf_counter() - clock, "cpuSeconds": time.process_time() - processors}


def found_by(work):
    rows, spent = timed(work)
    return {**spent, "found": [row.tolist() for row in rows]}


def answer(version, commands):
    print(json.dumps({"ready": True, "version": version}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        act = commands[command.pop("cmd")]
        print(json.dumps(act(**command)), flush=True)
