"""A plain sentence-transformers training loop of the same layer sizes as our text channel, for examples per second.

Usage: python sentence_transformers_loop.py PAIRS.jsonl TOKENIZER.json [--layers N] [--batch 256] [--steps N] [--threads 2]
PAIRS.jsonl: one {"query": ..., "title": ...} a line; real texts, since lengths decide the work.
Model: one BERT encoder (128 wide, 4 heads, feed-forward 384, from random weights) for both sides, mean pooling, L2 norm;
MultipleNegativesRankingLoss (scale 20), Adam 7e-4; padding to the longest text of a batch, as sentence-transformers does.

Speaks JSON lines (see process.ts): {"cmd":"run"} -> {"seconds", "examples", "loss"}: the next batches of the file, of
which each example is counted once; tokenising and padding are inside the time. Without --serve it runs --steps batches and
prints one object {"examplesPerSecond", "loss", ...}.
"""

import argparse
import json
import random
import sys
import time

try:
    import torch
    from sentence_transformers import SentenceTransformer, losses
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
except ImportError as error:
    print(json.dumps({"missing": f"python module {error.name}"}), flush=True)
    sys.exit(0)

import tempfile

WIDTH, HEADS, FEED_FORWARD, MOST_TOKENS = 128, 4, 384, 64


def make_model(tokenizer_file, layers):
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=tokenizer_file, model_max_length=MOST_TOKENS, model_input_names=["input_ids", "attention_mask"]
    )
    if tokenizer.pad_token is None:
        known = tokenizer.get_vocab()
        tokenizer.pad_token = next((each for each in ("<pad>", "[PAD]") if each in known), min(known, key=known.get))
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        num_hidden_layers=layers,
        num_attention_heads=HEADS,
        intermediate_size=FEED_FORWARD,
        max_position_embeddings=MOST_TOKENS,
        pad_token_id=tokenizer.pad_token_id,
    )
    with tempfile.TemporaryDirectory() as folder:
        BertModel(config, add_pooling_layer=False).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        encoder = Transformer(folder, max_seq_length=MOST_TOKENS)
    model = SentenceTransformer(modules=[encoder, Pooling(WIDTH, "mean")], device="cpu")
    return model.train()


def read_pairs(path):
    with open(path, encoding="utf8") as lines:
        return [(row["query"], row["title"]) for row in map(json.loads, lines)]


def to_features(model, texts):
    return model.preprocess(texts) if hasattr(model, "preprocess") else model.tokenize(texts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pairs")
    parser.add_argument("tokenizer")
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    pairs = read_pairs(options.pairs)
    if len(pairs) < options.batch:
        sys.exit(f"{options.pairs} has {len(pairs)} pairs, fewer than one batch of {options.batch}")
    random.Random(1).shuffle(pairs)
    model = make_model(options.tokenizer, options.layers)
    criterion = losses.MultipleNegativesRankingLoss(model, scale=20.0)
    adam = torch.optim.Adam(model.parameters(), lr=7e-4, fused=True)
    at = 0

    def run(steps):
        nonlocal at
        started = time.perf_counter()
        for _ in range(steps):
            if at + options.batch > len(pairs):
                at = 0
            batch = pairs[at : at + options.batch]
            at += options.batch
            adam.zero_grad(set_to_none=True)
            loss = criterion([to_features(model, list(side)) for side in zip(*batch)], None)
            loss.backward()
            adam.step()
            value = loss.item()
        return {"seconds": time.perf_counter() - started, "examples": steps * options.batch, "loss": value}

    version = f"sentence-transformers {sys.modules['sentence_transformers'].__version__}, torch {torch.__version__}"
    if not options.serve:
        run(2)  # warm-up
        measured = run(options.steps)
        print(json.dumps({"examplesPerSecond": measured["examples"] / measured["seconds"], "version": version, **measured}))
        return
    print(json.dumps({"ready": True, "version": version, "threads": torch.get_num_threads()}), flush=True)
    for line in sys.stdin:
        if json.loads(line)["cmd"] == "run":
            print(json.dumps(run(options.steps)), flush=True)


if __name__ == "__main__":
    main()
