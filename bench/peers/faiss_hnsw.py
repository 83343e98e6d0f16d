"""The faiss side of `npm run bench -- vectors` and `vector-filters`.

Usage: python faiss_hnsw.py FOLDER
Speaks JSON lines (see process.ts); each answer has "seconds" by the clock and "cpuSeconds" of all threads:
{"cmd": "build", "m": 16, "efConstruction": 200, "threads": 2} -> from the rows in memory to the graph
{"cmd": "search", "ef": 64, "k": 10} -> all queries one after the other by one thread; "found": row numbers, a list for each query
{"cmd": "search_together", "ef": 64, "k": 10, "threads": 2} -> the same, all queries in one call
{"cmd": "search_among", "ef": 64, "k": 10} -> each query among rows of its own: FOLDER/accepted.bits, a bit of each row in whole words of 32 bits, by query

FOLDER/shape.json: width; documents.f32 [documents, width], queries.f32 [queries, width], L2-normalised. float32, inner product.
"""

import json
import sys

try:
    import faiss
    import numpy as np
except ImportError as error:
    print(json.dumps({"missing": f"python module {error.name}"}), flush=True)
    sys.exit(0)

from graph_peer import answer, found_by, read_set, timed

folder, width, documents, queries = read_set()
index = None


def build(m, efConstruction, threads):
    global index
    faiss.omp_set_num_threads(threads)
    index = faiss.IndexHNSWFlat(width, m, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = efConstruction
    _, spent = timed(lambda: index.add(documents))
    faiss.omp_set_num_threads(1)
    return spent


def search(ef, k):
    index.hnsw.efSearch = ef
    rows = [queries[i : i + 1] for i in range(len(queries))]
    return found_by(lambda: [index.search(row, k)[1][0] for row in rows])


def search_together(ef, k, threads):
    index.hnsw.efSearch = ef
    faiss.omp_set_num_threads(threads)
    found = found_by(lambda: index.search(queries, k)[1])
    faiss.omp_set_num_threads(1)
    return found


def search_among(ef, k):
    words = (len(documents) + 31) // 32
    bits = np.fromfile(folder / "accepted.bits", dtype=np.uint8).reshape(len(queries), 4 * words)
    rows = [queries[i : i + 1] for i in range(len(queries))]
    sets = [faiss.IDSelectorBitmap(row) for row in bits]
    options = [faiss.SearchParametersHNSW(efSearch=ef, sel=each) for each in sets]
    return found_by(lambda: [index.search(row, k, params=each)[1][0] for row, each in zip(rows, options)])


faiss.omp_set_num_threads(1)
answer(faiss.__version__, {"build": build, "search": search, "search_together": search_together, "search_among": search_among})
