import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSearch } from '../../src/api/indexes/open-search.js';
import { createRuleMatcher } from '../../src/curation/match-rules.js';
import { checkRules } from '../../src/curation/rule.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { readQrels } from '../../src/evaluation/trec.js';
import { createAnalyzer } from '../../src/text/analyzer.js';

/** What rules that are near in meaning find at a cosine. */
export interface Paraphrases {
  readonly cosine: number;
  /** share of the held-out queries of a document for which its rule holds */
  readonly found: number;
  /** share of the queries that are not judged for a document for which its rule holds */
  readonly others: number;
}

interface QueryRow {
  readonly id: string;
  readonly text: string;
  readonly country?: string;
  readonly language?: string;
}
interface PairRow {
  readonly query: string;
  readonly country?: string;
  readonly language?: string;
  readonly documentId: string;
}

const cosines = [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9];
const language = 'en';
const country = 'US';
/** Documents that have a rule: those with so many keywords that were trained on, and one held out. */
const leastExamples = 3;
const mostRules = 200;

const rowsOf = async <T>(path: string): Promise<T[]> =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line): T => JSON.parse(line));

/**
 * A rule for each document whose examples are the keywords that the towers were trained on; asked are the keywords that were held out.
 * @param folder  that `tandem demo --dir` wrote
 */
export async function paraphrasesFound(folder: string): Promise<readonly Paraphrases[]> {
  const data = join(folder, 'data');
  const queries = (await rowsOf<QueryRow>(join(data, 'queries.test.jsonl'))).filter(row => row.language === language);
  const qrels = await readQrels(join(data, 'qrels.test.trec'));
  const pairs = (await rowsOf<PairRow>(join(data, 'pairs.train.jsonl'))).filter(row => row.language === language);
  const keywords = new Map<string, string[]>();
  for (const { documentId, query } of pairs) keywords.set(documentId, [...(keywords.get(documentId) ?? []), query]);
  const judged = new Map<string, Set<string>>();
  for (const { id } of queries)
    for (const [document, gain] of qrels.get(id) ?? [])
      if (gain > 0) judged.set(document, (judged.get(document) ?? new Set()).add(id));
  const documents = [...judged.keys()]
    .filter(id => (keywords.get(id)?.length ?? 0) >= leastExamples)
    .slice(0, mostRules);
  if (documents.length === 0)
    throw new TandemError('bench/wrong-answer', `${folder}: no document has held-out keywords`);
  const { embedder, close } = await openSearch(join(folder, 'index'));
  if (embedder === undefined) throw new TandemError('index/no-vectors', `${folder}: its index has no model`);
  const analyzer = createAnalyzer(language);
  const measured: Paraphrases[] = [];
  for (const cosine of cosines) {
    const rules = documents.map((id, i) => ({
      id: String(i),
      when: { near: { examples: (keywords.get(id) ?? []).slice(0, 10), cosine }, countries: [country] },
      pin: [id],
    }));
    const matcher = createRuleMatcher(checkRules(rules), {
      analyzer: () => analyzer,
      embedQuery: query => embedder.embedQuery(query),
    });
    let [right, wrong, own, foreign] = [0, 0, 0, 0];
    for (const { id, text } of queries) {
      const held = new Set((await matcher.match({ text, country }, 0)).map(({ rule }) => rule.id));
      documents.forEach((document, i) => {
        const isOwn = judged.get(document)?.has(id) === true;
        const holds = held.has(String(i));
        if (isOwn) own++;
        else foreign++;
        if (holds && isOwn) right++;
        if (holds && !isOwn) wrong++;
      });
    }
    measured.push({ cosine, found: right / own, others: wrong / foreign });
  }
  await close();
  return measured;
}
