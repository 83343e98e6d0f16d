import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDocumentRows, readQueryRows } from '../src/api/project/read-rows.js';
import { watchOf } from '../src/api/watch.js';
import { indexingSchema } from '../src/config/indexing.js';
import type { DocumentRow } from '../src/config/rows.js';
import { tandemVersion } from '../src/config/version.js';
import { createTokenIndex, type TokenIndex } from '../src/lexical/token-index.js';
import { type Random, seededRandom } from '../src/math/random.js';
import { suggestQuery } from '../src/search/suggest-query.js';
import { typingErrors } from './corrections/typing-errors.js';
import { preparedFolder } from './data-folder.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';

const seed = 1;
/** Queries of each kind of error, and rightly spelt ones. */
const ofEach = 40;
const rightly = 500;
/** A word of a query is spelt rightly where so many documents write it. */
const leastKnown = 5;
const shortestMistyped = 4;
/** One document of so many makes the index that has not met some rightly spelt words. */
const keptShare = 10;

/** An index whose titles say how words are written. */
interface Catalogue {
  readonly index: TokenIndex;
  /** the text as it may have been meant; the text itself where nothing is suggested */
  suggest(text: string): string;
  /** documents whose title writes a word of lower-case letters */
  writing(word: string): number;
}

function catalogueOf(documents: readonly DocumentRow[]): Catalogue {
  const { bm25, fieldWeights, language } = indexingSchema.parse({});
  const index = createTokenIndex({ bm25, fieldWeights, language, spelling: true });
  const rows = new Map(documents.map(row => [row.id, row]));
  const counts = new Map<string, number>();
  for (const row of documents) {
    index.add(row);
    for (const word of new Set(wordsIn(row.title))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  index.flush();
  const sources = { tokens: index, store: { getMany: (ids: readonly string[]) => ids.map(id => rows.get(id)) } };
  return {
    index,
    suggest: text => suggestQuery(sources, text, index.prepare({ text }).mended()) ?? text,
    writing: word => counts.get(word) ?? 0,
  };
}

const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

/** Words that are parted or joined are no error. */
const unspaced = (text: string): string => text.toLowerCase().replaceAll(/\s/g, '');

interface Typed {
  readonly typed: string;
  readonly meant: string;
}

/** Queries of known words with an error in one that no document writes with it. */
function mistyped(queries: readonly string[], kind: string, { writing }: Catalogue, random: Random): Typed[] {
  const found: Typed[] = [];
  for (let tries = 0; tries < 200 * ofEach && found.length < ofEach; tries++) {
    const meant = queries[random.below(queries.length)];
    const words = wordsIn(meant).filter(word => word.length >= shortestMistyped && /^[a-z]+$/.test(word));
    if (words.length === 0) continue;
    const word = words[random.below(words.length)];
    const wrong = typingErrors[kind](word, random);
    if (wrong === word || writing(wrong) > 0) continue;
    found.push({ typed: meant.replace(new RegExp(`\\b${word}\\b`), wrong), meant });
  }
  return found;
}

interface Figures {
  readonly name: string;
  readonly queries: number;
  /** shares of them */
  readonly right: number;
  readonly wrong: number;
}

function measure(name: string, typed: readonly Typed[], { suggest }: Catalogue): Figures {
  let [right, wrong] = [0, 0];
  for (const { typed: text, meant } of typed) {
    const suggested = plain(suggest(text));
    if (suggested === plain(meant)) right++;
    else if (unspaced(suggested) !== unspaced(text)) wrong++;
  }
  return { name, queries: typed.length, right: right / typed.length, wrong: wrong / typed.length };
}

/**
 * How many mistyped queries are corrected to what was meant, and how many rightly spelt ones are touched. The errors are made, one in each query, in words of
 * real queries that documents write; rightly spelt queries are asked of an index of a tenth of the documents, which has not met one of their words.
 * `--data` names a folder that `tandem prepare` wrote. Where it holds `corrections.tsv` (what was typed, a tab, what was meant) these are measured too.
 */
export async function corrections({ data: given }: BenchOptions): Promise<BenchReport> {
  const data = preparedFolder('corrections', given);
  const documents: DocumentRow[] = [];
  for await (const row of readDocumentRows(join(data, 'documents.jsonl'))) documents.push(row);
  const texts = (await readQueryRows(join(data, 'queries.train.jsonl'), watchOf())).map(({ text }) => plain(text));
  const whole = catalogueOf(documents);
  const known = texts.filter(text => wordsIn(text).every(word => whole.writing(word) >= leastKnown));
  const random = seededRandom(seed);
  const figures = Object.keys(typingErrors).map(kind => measure(kind, mistyped(known, kind, whole, random), whole));
  const all = {
    name: 'all of these',
    queries: figures.reduce((sum, each) => sum + each.queries, 0),
    right: mean(figures, 'right'),
    wrong: mean(figures, 'wrong'),
  };
  const asMeant = (meant: readonly string[]): Typed[] =>
    meant.slice(0, rightly).map(text => ({ typed: text, meant: text }));
  const drawn = Array.from({ length: rightly }, () => known[random.below(known.length)]);
  const met = measure('rightly spelt', asMeant(drawn), whole);
  const part = catalogueOf(documents.filter((_, i) => i % keptShare === 0));
  const unmet = known.filter(text => wordsIn(text).some(word => part.writing(word) === 0));
  const touched = measure('the same, unmet', asMeant(unmet), part);
  const real = await realOnes(join(data, 'corrections.tsv'));
  const measured = [...figures, all, ...(real.length > 0 ? [measure('real ones', real, whole)] : []), met, touched];
  return {
    bench: 'corrections',
    header: describeMachine(
      { tandem: tandemVersion() },
      { documents: documents.length, queries: texts.length, 'known queries': known.length },
    ),
    results: [],
    ratio: {},
    quality: { right: all.right, wrong: all.wrong, touched: met.wrong, 'touched, unmet': touched.wrong },
    missing: real.length > 0 ? [] : ['real ones: no corrections.tsv in --data'],
    table: {
      columns: [{ name: 'kind' }, ...['queries', 'right', 'wrong'].map(name => ({ name, numeric: true }))],
      rows: measured.map(({ name, queries, right, wrong }) => [name, `${queries}`, right.toFixed(3), wrong.toFixed(3)]),
    },
  };
}

const mean = (figures: readonly Figures[], share: 'right' | 'wrong'): number => {
  const queries = figures.reduce((sum, each) => sum + each.queries, 0);
  return figures.reduce((sum, each) => sum + each[share] * each.queries, 0) / queries;
};

async function realOnes(path: string): Promise<Typed[]> {
  try {
    await access(path);
  } catch {
    return [];
  }
  const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean);
  return lines.map(line => {
    const [typed, meant] = line.split('\t');
    return { typed, meant };
  });
}
