"""BERT and XLM-R in numpy, one text at a time and without padding: a reference that shares nothing with Tandem.

numpy_bert.py FOLDER MAX_TOKENS < a JSON list of texts > a JSON list of {ids, vector}, mean over the tokens, at length 1
"""
import json, math, struct, sys

import numpy as np
from tokenizers import Tokenizer

folder, most = sys.argv[1], int(sys.argv[2])
config = json.load(open(folder + '/config.json'))
tokenizer = Tokenizer.from_file(folder + '/tokenizer.json')
tokenizer.no_padding()
tokenizer.no_truncation()


def tensors(path):
    data = open(path, 'rb').read()
    size = struct.unpack('<Q', data[:8])[0]
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name != '__metadata__' and entry['dtype'] == 'F32':
            start, end = entry['data_offsets']
            yield name, np.frombuffer(data[8 + size + start : 8 + size + end], '<f4').reshape(entry['shape'])


w = dict(tensors(folder + '/model.safetensors'))
first = config['pad_token_id'] + 1 if config['model_type'] == 'xlm-roberta' else 0
heads = config['num_attention_heads']


def erf(x):
    """Abramowitz and Stegun, 7.1.26: off by 1.5e-7 at most"""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - series * np.exp(-(x**2)))


def linear(x, name):
    return x @ w[name + '.weight'].T + w[name + '.bias']


def norm(x, name):
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + config['layer_norm_eps'])
    return scaled * w[name + '.weight'] + w[name + '.bias']


def embed(ids):
    x = w['embeddings.word_embeddings.weight'][ids]
    x = x + w['embeddings.position_embeddings.weight'][first : first + len(ids)] + w['embeddings.token_type_embeddings.weight'][0]
    x = norm(x, 'embeddings.LayerNorm')
    for layer in range(config['num_hidden_layers']):
        at = f'encoder.layer.{layer}.'
        parts = [linear(x, at + 'attention.self.' + n).reshape(len(ids), heads, -1).swapaxes(0, 1) for n in ('query', 'key', 'value')]
        scores = parts[0] @ parts[1].swapaxes(1, 2) / math.sqrt(parts[0].shape[-1])
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (weights / weights.sum(-1, keepdims=True)) @ parts[2]
        attended = linear(mixed.swapaxes(0, 1).reshape(len(ids), -1), at + 'attention.output.dense')
        x = norm(x + attended, at + 'attention.output.LayerNorm')
        hidden = linear(x, at + 'intermediate.dense')
        x = norm(x + linear(hidden / 2 * (1 + erf(hidden / math.sqrt(2))), at + 'output.dense'), at + 'output.LayerNorm')
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


results = []
for text in json.load(sys.stdin):
    ids = tokenizer.encode(text).ids
    if len(ids) > most:
        ids = ids[: most - 1] + ids[-1:]
    results.append({'ids': ids, 'vector': embed(ids).tolist()})
json.dump(results, sys.stdout)
