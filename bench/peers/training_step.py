"""The PyTorch side of `npm run bench -- training-step`: two transformer towers, one Adam step for each `run`.

Usage: python training_step.py FOLDER [--threads N] [--compile] [--plain-attention] [--unfused-adam]
Speaks JSON lines (see process.ts): {"cmd":"run"} -> {"seconds": wall time of one step, "loss": before the update}.

FOLDER/weights.safetensors, all float32, `x @ w` orientation, tower in {query, document}:
  tok [U, D], tri [U, D]                            shared token and trigram tables
  {tower}.pos [T, D], {tower}.cls [D, D], {tower}.att [2D, 2]
  {tower}.layer{l}.wq wk wv wo [D, D], w1 [D, F], b1 [F], w2 [F, D], b2 [D], g1 be1 g2 be2 [D]
FOLDER/features.safetensors, all int32:
  {tower}.ids [B, T], {tower}.lengths [B] (1..T), {tower}.trigrams [B, n]
FOLDER/towers.json: heads, scale, learningRate.

Layer: post-norm (eps 1e-5), no biases in wq..wo, GELU by erf, attention hidden at positions >= length. Text channel:
position 0 times cls. Trigram channel: sum of rows. Fusion: softmax([text, trigram] @ att) weighs the two. Then L2 norm
(1e-6 under the root), scores times scale, mean softmax cross-entropy against the diagonal. No dropout.

The defaults are the fastest setting found (torch 2.15, CPU seconds of a step on one thread, median of 5, interleaved):
scaled_dot_product_attention and fused Adam .90; plain attention 1.01; Adam not fused .92; torch.compile .94, after 25 s.
"""

import argparse
import json
import pathlib
import sys
import time

try:
    import safetensors.torch
    import torch
    import torch.nn.functional as F
except ImportError as error:
    print(json.dumps({"missing": f"python module {error.name}"}), flush=True)
    sys.exit(0)


def attention(q, k, v, visible, plain):
    """q, k, v [B, H, T, D/H]; visible bool [B, 1, 1, T]."""
    if not plain:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=visible)
    scores = (q @ k.transpose(-1, -2)) * q.shape[-1] ** -0.5
    return scores.masked_fill(~visible, -1e9).softmax(-1) @ v


def text_channel(w, tower, ids, lengths, heads, plain):
    """ids [B, T] -> [B, D]."""
    B, T = ids.shape
    x = F.embedding(ids, w["tok"]) + w[f"{tower}.pos"]
    D = x.shape[-1]
    visible = (torch.arange(T) < lengths[:, None])[:, None, None, :]
    layer = 0
    while f"{tower}.layer{layer}.wq" in w:
        p = {name: w[f"{tower}.layer{layer}.{name}"] for name in LAYER}
        q, k, v = ((x @ p[m]).view(B, T, heads, D // heads).transpose(1, 2) for m in ("wq", "wk", "wv"))
        mixed = attention(q, k, v, visible, plain).transpose(1, 2).reshape(B, T, D)
        x = F.layer_norm(x + mixed @ p["wo"], (D,), p["g1"], p["be1"], 1e-5)
        inner = F.gelu(F.linear(x, p["w1"].t(), p["b1"]))
        x = F.layer_norm(x + F.linear(inner, p["w2"].t(), p["b2"]), (D,), p["g2"], p["be2"], 1e-5)
        layer += 1
    return x[:, 0] @ w[f"{tower}.cls"]


LAYER = ("wq", "wk", "wv", "wo", "w1", "b1", "w2", "b2", "g1", "be1", "g2", "be2")


def embed(w, f, tower, heads, plain):
    """-> [B, D], L2-normalised."""
    text = text_channel(w, tower, f[f"{tower}.ids"], f[f"{tower}.lengths"], heads, plain)
    trigram = F.embedding_bag(f[f"{tower}.trigrams"], w["tri"], mode="sum")
    weights = (torch.cat([text, trigram], 1) @ w[f"{tower}.att"]).softmax(1)
    fused = text * weights[:, :1] + trigram * weights[:, 1:]
    return fused * torch.rsqrt(fused.square().sum(1, keepdim=True) + 1e-6)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--plain-attention", action="store_true")
    parser.add_argument("--unfused-adam", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    settings = json.loads((options.folder / "towers.json").read_text())
    w = safetensors.torch.load_file(options.folder / "weights.safetensors")
    w = {name: value.requires_grad_() for name, value in w.items()}
    f = safetensors.torch.load_file(options.folder / "features.safetensors")
    adam = torch.optim.Adam(w.values(), lr=settings["learningRate"], fused=not options.unfused_adam)
    target = torch.arange(len(f["query.ids"]))

    def loss_of(w, f):
        query, document = (embed(w, f, t, settings["heads"], options.plain_attention) for t in ("query", "document"))
        return F.cross_entropy(query @ document.t() * settings["scale"], target)

    if options.compile:
        loss_of = torch.compile(loss_of)

    def step():
        started = time.perf_counter()
        adam.zero_grad(set_to_none=True)
        loss = loss_of(w, f)
        loss.backward()
        adam.step()
        value = loss.item()
        return {"seconds": time.perf_counter() - started, "loss": value}

    print(json.dumps({"ready": True, "version": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
    for line in sys.stdin:
        if json.loads(line)["cmd"] == "run":
            print(json.dumps(step()), flush=True)


if __name__ == "__main__":
    main()
