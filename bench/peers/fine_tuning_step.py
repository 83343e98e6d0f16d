"""Fine-tuning of a Hugging Face text encoder on pairs of texts, as sentence-transformers does it, in plain PyTorch.

Usage: python fine_tuning_step.py ENCODER_FOLDER PAIRS.jsonl SETTINGS.json [--threads 2]
PAIRS.jsonl: one {"query", "title", "document"} a line, in the order in which they are trained on.
SETTINGS.json: {"batch", "steps", "scale", "learningRate", "clipNorm", "maxTokens"}.

One encoder for both sides, mean pooling, L2 norm, in-batch softmax over scaled cosines (pairs of the same query or document are masked),
global norm clipped, Adam. Each side of a batch is padded to its longest text; dropout is off, so that everybody computes the same.
Threads wait without spinning (OMP_WAIT_POLICY=passive), which costs nothing on a quiet machine and helps on a busy one.
Settings tried: scaled_dot_product_attention (the default of transformers) and Adam fused are the fastest; sorting a batch by length and
cutting it in chunks is what we do and sentence-transformers does not.

Speaks JSON lines (see process.ts): {"cmd":"run"} -> {"seconds", "cpuSeconds", "loss", "peakMiB"}: the next `steps` batches; loss of the first of them.
"""

import argparse
import json
import os
import resource
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

try:
    import torch
    import torch.nn.functional as F
    from transformers import AutoModel, AutoTokenizer
except ImportError as error:
    print(json.dumps({"missing": f"python module {error.name}"}), flush=True)
    sys.exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("encoder")
    parser.add_argument("pairs")
    parser.add_argument("settings")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with open(options.settings, encoding="utf8") as file:
        s = json.load(file)
    with open(options.pairs, encoding="utf8") as lines:
        pairs = [json.loads(line) for line in lines]
    tokenizer = AutoTokenizer.from_pretrained(options.encoder)
    model = AutoModel.from_pretrained(options.encoder).float().eval()  # eval: no dropout
    learned = [p for name, p in model.named_parameters() if not name.startswith("pooler.")]
    adam = torch.optim.Adam(learned, lr=s["learningRate"], fused=True)
    at = 0

    def embed(texts):
        inputs = tokenizer(texts, padding=True, truncation=True, max_length=s["maxTokens"], return_tensors="pt")
        hidden = model(**inputs).last_hidden_state
        kept = inputs["attention_mask"].unsqueeze(-1).float()
        return F.normalize((hidden * kept).sum(1) / kept.sum(1), dim=1)

    def step():
        nonlocal at
        batch = [pairs[(at + i) % len(pairs)] for i in range(s["batch"])]
        at += s["batch"]
        adam.zero_grad(set_to_none=True)
        scores = embed([p["query"] for p in batch]) @ embed([p["title"] for p in batch]).t() * s["scale"]
        same = torch.tensor([[a["query"] == b["query"] or a["document"] == b["document"] for b in batch] for a in batch])
        same.fill_diagonal_(False)
        loss = F.cross_entropy(scores.masked_fill(same, -1e9), torch.arange(len(batch)))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, s["clipNorm"])
        adam.step()
        return loss.item()

    def run():
        started, busy = time.perf_counter(), time.process_time()
        losses = [step() for _ in range(s["steps"])]
        return {
            "seconds": time.perf_counter() - started,
            "cpuSeconds": time.process_time() - busy,
            "loss": losses[0],
            "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }

    print(json.dumps({"ready": True, "version": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
    for line in sys.stdin:
        if json.loads(line)["cmd"] == "run":
            print(json.dumps(run()), flush=True)


if __name__ == "__main__":
    main()
