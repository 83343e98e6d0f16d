"""tantivy through its Python binding, as a peer of the lexical bench: English stop words and stemmer, any term may match.

Its BM25 is fixed at k1=1.2, b=.75. One writing and one searching thread; hits are not counted (count=False), which lets it skip.
Ids are looked up by a number in a fast field, for which no stored document has to be unpacked.
"""

import json
import pathlib

from lexical_peer import missing, serve

try:
    import tantivy
except ImportError:
    missing("tantivy")

words = r"[\p{L}\p{N}]+(?:[.'’][\p{L}\p{N}]+)*"
analyzer = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(words))
    .filter(tantivy.Filter.lowercase())
    .filter(tantivy.Filter.stopword("english"))
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)
builder = tantivy.SchemaBuilder()
builder.add_integer_field("number", fast=True)
builder.add_text_field("title", tokenizer_name="english", index_option="freq")
schema = builder.build()
searcher = None
ids = []


def index(documents, folder):
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    made = tantivy.Index(schema, path=folder)
    made.register_tokenizer("english", analyzer)
    writer = made.writer(heap_size=256_000_000, num_threads=1)
    given = []
    for document in documents:
        writer.add_document(tantivy.Document(number=len(given), title=document["title"]))
        given.append(document["id"])
    writer.commit()
    writer.wait_merging_threads()
    pathlib.Path(folder, "ids.json").write_text(json.dumps(given))


def open_index(folder):
    global searcher, ids
    ids = json.loads(pathlib.Path(folder, "ids.json").read_text())
    opened = tantivy.Index.open(folder)
    opened.register_tokenizer("english", analyzer)
    searcher = opened.searcher()
    return searcher.num_docs


def search(text, k):
    terms = [
        (tantivy.Occur.Should, tantivy.Query.term_query(schema, "title", term, index_option="freq"))
        for term in analyzer.analyze(text)
    ]
    if not terms:
        return []
    hits = searcher.search(tantivy.Query.boolean_query(terms), k, count=False).hits
    return [ids[number] for number in searcher.fast_field_values("number", [address for _, address in hits])]


if __name__ == "__main__":
    serve(f"{tantivy.__version__}", index, open_index, search)
