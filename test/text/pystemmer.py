"""Reads {"words": {algorithm: [word]}, "archives": [zip of texts in English]} and prints {algorithm: [[word, stem]]} by PyStemmer."""

import json
import re
import sys
import zipfile

import Stemmer

asked = json.load(sys.stdin)
words = {algorithm: set(given) for algorithm, given in asked["words"].items()}
for path in asked["archives"]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf8", "replace").lower()
            words["english"].update(re.findall(r"[a-z']+", text))

stemmed = {}
for algorithm, given in words.items():
    stemmer = Stemmer.Stemmer(algorithm)
    stemmed[algorithm] = [[word, stemmer.stemWord(word)] for word in sorted(given)]
json.dump(stemmed, sys.stdout)
