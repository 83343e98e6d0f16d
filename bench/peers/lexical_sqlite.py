"""SQLite FTS5 as a peer of the lexical bench: Porter stemmer over unicode61, any word may match, ORDER BY rank.

FTS5 knows no stop words: they are left out of the queries, so that it does no more work than the others; documents keep them.
Its bm25() is fixed at k1=1.2, b=.75.
"""

import pathlib
import re
import sqlite3

from lexical_peer import STOP_WORDS, missing, serve

words = re.compile(r"[^\W_]+")
stop_words = set(STOP_WORDS)
connection = None


def file_of(folder):
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    return pathlib.Path(folder, "fts5.db")


def index(documents, folder):
    database = sqlite3.connect(file_of(folder))
    database.execute("PRAGMA synchronous = OFF")
    database.execute("CREATE VIRTUAL TABLE documents USING fts5(id UNINDEXED, title, tokenize = 'porter unicode61')")
    rows = ((document["id"], document["title"]) for document in documents)
    database.executemany("INSERT INTO documents VALUES (?, ?)", rows)
    database.commit()
    database.execute("INSERT INTO documents(documents) VALUES ('optimize')")
    database.commit()
    database.close()


def open_index(folder):
    global connection
    connection = sqlite3.connect(file_of(folder))
    connection.execute("PRAGMA mmap_size = 8589934592")
    connection.execute("PRAGMA cache_size = -1048576")
    return connection.execute("SELECT count(*) FROM documents").fetchone()[0]


def search(text, k):
    terms = [word for word in words.findall(text.lower()) if word not in stop_words]
    if not terms:
        return []
    query = " OR ".join(f'"{term}"' for term in terms)
    rows = connection.execute("SELECT id FROM documents WHERE documents MATCH ? ORDER BY rank LIMIT ?", (query, k))
    return [row[0] for row in rows]


def main():
    try:
        sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    except sqlite3.OperationalError:
        missing("sqlite3 with FTS5")
    serve(f"SQLite {sqlite3.sqlite_version}", index, open_index, search)


if __name__ == "__main__":
    main()
