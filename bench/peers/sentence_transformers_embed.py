"""sentence-transformers as a batch embedder and for single queries, on the CPU.

Usage: python sentence_transformers_embed.py ENCODER THREADS
Speaks JSON lines (see process.ts): {"cmd":"settle","texts"} tries threads and batch sizes and keeps the fastest of each;
{"cmd":"batch","texts"} and {"cmd":"queries","texts"} (one at a time) -> {"seconds", "cpuSeconds", "answer"}: the embeddings
of the first eight texts, end to end.
"""

import json
import sys
import time

try:
    import torch
    from sentence_transformers import SentenceTransformer, __version__
except ImportError as error:
    print(json.dumps({"missing": f"python module {error.name}"}), flush=True)
    sys.exit(0)

ENCODER, THREADS = sys.argv[1], int(sys.argv[2])
BATCHES = (32, 64, 128)
model = SentenceTransformer(ENCODER, device="cpu")


def batch(texts, size, threads):
    torch.set_num_threads(threads)
    return model.encode(texts, batch_size=size, normalize_embeddings=True, show_progress_bar=False)


def queries(texts, threads):
    torch.set_num_threads(threads)
    return [model.encode(text, normalize_embeddings=True, show_progress_bar=False) for text in texts]


def seconds(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main():
    counts = sorted({1, THREADS})
    best = {"batch": (BATCHES[0], THREADS), "queries": 1}
    version = f"sentence-transformers {__version__}, torch {torch.__version__}"
    print(json.dumps({"ready": True, "version": version}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        texts = command["texts"]
        if command["cmd"] == "settle":
            batch(texts, *best["batch"])
            tried = {(size, count): seconds(lambda: batch(texts, size, count)) for size in BATCHES for count in counts}
            best["batch"] = min(tried, key=tried.get)
            single = {count: seconds(lambda: queries(texts[:10], count)) for count in counts}
            best["queries"] = min(single, key=single.get)
            size, count = best["batch"]
            chosen = f"batches of {size} on {count} threads, queries on {best['queries']}"
            print(json.dumps({"chosen": chosen}), flush=True)
            continue
        started, cpu = time.perf_counter(), time.process_time()
        if command["cmd"] == "batch":
            made = batch(texts, *best["batch"])
        else:
            made = queries(texts, best["queries"])
        result = {"seconds": time.perf_counter() - started, "cpuSeconds": time.process_time() - cpu}
        answer = [round(float(x), 7) for row in made[:8] for x in row]
        print(json.dumps({**result, "answer": answer}), flush=True)


if __name__ == "__main__":
    main()
