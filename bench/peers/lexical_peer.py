"""The loop of a Python peer of the lexical bench; the JSON lines are described in bench/lexical/protocol.ts."""

import json
import sys
import time

# Function words that our English chain and Lucene's leave out of documents and queries.
STOP_WORDS = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with"
).split()


def read_lines(path):
    with open(path, encoding="utf8") as lines:
        for line in lines:
            yield json.loads(line)


def serve(version, index, open_index, search):
    """index(documents, folder) -> None, open_index(folder) -> number of documents, search(text, k) -> ids best first."""
    queries = []
    print(json.dumps({"ready": True, "version": version}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if command["cmd"] == "index":
            started = time.perf_counter()
            index(read_lines(command["documents"]), command["folder"])
            answer = {"seconds": time.perf_counter() - started}
        elif command["cmd"] == "open":
            queries = list(read_lines(command["queries"]))
            answer = {"documents": open_index(command["folder"])}
        else:
            answer = run(search, queries, command)
        print(json.dumps(answer), flush=True)


def run(search, queries, command):
    micros, found = [], []
    started = time.perf_counter_ns()
    for query in queries:
        before = time.perf_counter_ns()
        ids = search(query, command["k"])
        after = time.perf_counter_ns()
        micros.append((after - before) / 1e3)
        if command["ids"]:
            found.append(ids)
        if (after - started) / 1e9 > command["budget"]:
            break
    return {"micros": micros, "ids": found} if command["ids"] else {"micros": micros}


def missing(module):
    print(json.dumps({"missing": f"python module {module}"}), flush=True)
    sys.exit(0)
