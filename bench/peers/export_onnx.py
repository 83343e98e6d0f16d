"""Writes onnx/model.onnx into a Hugging Face folder of a BERT encoder, as transformers.js wants it: python export_onnx.py FOLDER"""

import os
import sys

import torch
from transformers import AutoModel

folder = sys.argv[1]
model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()


class LastHidden(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.model = model

    def forward(self, ids, mask, types):
        return self.model(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state


names = ["input_ids", "attention_mask", "token_type_ids"]
ids = torch.ones(2, 8, dtype=torch.long)
axes = {name: {0: "batch", 1: "sequence"} for name in [*names, "last_hidden_state"]}
os.makedirs(os.path.join(folder, "onnx"), exist_ok=True)
with torch.no_grad():
    torch.onnx.export(
        LastHidden(),
        (ids, ids, torch.zeros_like(ids)),
        os.path.join(folder, "onnx", "model.onnx"),
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
