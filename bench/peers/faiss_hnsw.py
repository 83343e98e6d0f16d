"""The faiss side of `npm run bench -- vectors` and `vector-filters`.

Usage: python faiss_hnsw.py FOLDER
Speaks JSON lines (see process.ts):
{"cmd": "build", "m": 16, "efConstruction": 200} -> {"cpuSeconds": from the rows in memory to the graph}
{"cmd": "search", "ef": 64, "k": 10} -> {"cpuSeconds": of all queries one after the other, "found": row numbers, a list for each query}
{"cmd": "search_among", "ef": 64, "k": 10} -> the same, each query among rows of its own: FOLDER/accepted.bits, a bit of each row in whole words of 32 bits, by query

FOLDER/shape.json: width; documents.f32 [documents, width], queries.f32 [queries, width], L2-normalised. One thread, float32, inner product.
"""

import json
import pathlib
import sys
import time

try:
    import faiss
    import numpy as np
except ImportError as error:
    print(json.dumps({"missing": f"python module {error.name}"}), flush=True)
    sys.exit(0)

faiss.omp_set_num_threads(1)
folder = pathlib.Path(sys.argv[1])
width = json.loads((folder / "shape.json").read_text())["width"]
documents = np.fromfile(folder / "documents.f32", dtype=np.float32).reshape(-1, width)
queries = np.fromfile(folder / "queries.f32", dtype=np.float32).reshape(-1, width)
index = None


def build(m, efConstruction):
    global index
    index = faiss.IndexHNSWFlat(width, m, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = efConstruction
    started = time.process_time()
    index.add(documents)
    return {"cpuSeconds": time.process_time() - started}


def search(ef, k):
    index.hnsw.efSearch = ef
    rows = [queries[i : i + 1] for i in range(len(queries))]
    started = time.process_time()
    found = [index.search(row, k)[1][0] for row in rows]
    seconds = time.process_time() - started
    return {"cpuSeconds": seconds, "found": [row.tolist() for row in found]}


def search_among(ef, k):
    words = (len(documents) + 31) // 32
    bits = np.fromfile(folder / "accepted.bits", dtype=np.uint8).reshape(len(queries), 4 * words)
    rows = [queries[i : i + 1] for i in range(len(queries))]
    sets = [faiss.IDSelectorBitmap(row) for row in bits]
    options = [faiss.SearchParametersHNSW(efSearch=ef, sel=each) for each in sets]
    started = time.process_time()
    found = [index.search(row, k, params=each)[1][0] for row, each in zip(rows, options)]
    seconds = time.process_time() - started
    return {"cpuSeconds": seconds, "found": [row.tolist() for row in found]}


print(json.dumps({"ready": True, "version": faiss.__version__}), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    act = {"build": build, "search": search, "search_among": search_among}[command.pop("cmd")]
    print(json.dumps(act(**command)), flush=True)
