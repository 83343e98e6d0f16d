"""The usearch side of `npm run bench -- vectors`; it speaks as faiss_hnsw.py does, without "search_among".

Usage: python usearch_hnsw.py FOLDER
float32, inner product: its f16 is faster where the processor has it and costs recall, its i8 more of both.
"""

import json
import sys

try:
    import numpy as np
    import usearch
    from usearch.index import Index
except ImportError as error:
    print(json.dumps({"missing": f"python module {error.name}"}), flush=True)
    sys.exit(0)

from graph_peer import answer, found_by, read_set, timed

_, width, documents, queries = read_set()
index = None


def build(m, efConstruction, threads):
    global index
    # keys are the rows: nothing is looked up by them
    index = Index(ndim=width, metric="ip", dtype="f32", connectivity=m, expansion_add=efConstruction, enable_key_lookups=False)
    _, spent = timed(lambda: index.add(np.arange(len(documents)), documents, threads=threads))
    return spent


def search(ef, k):
    index.expansion_search = ef
    rows = list(queries)
    return found_by(lambda: [index.search(row, k, threads=1).keys for row in rows])


def search_together(ef, k, threads):
    index.expansion_search = ef
    return found_by(lambda: index.search(queries, k, threads=threads).keys)


answer(usearch.__version__, {"build": build, "search": search, "search_together": search_together})
