"""What the graphs of other people have in common (faiss_hnsw.py, usearch_hnsw.py): times, and one answer to each line."""

import json
import sys
import time


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
