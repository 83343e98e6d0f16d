import { flattenDocument, textPaths } from '../columns/attributes.js';
import { flattenObjects } from '../columns/objects.js';
import { readyClause } from '../columns/ready-filter.js';
import { scanMeter } from '../columns/scanned-texts.js';
import type { DocumentRow, QueryToken } from '../config/rows.js';
import { hasBit } from '../math/bit-set.js';
import { finish } from '../math/finish.js';
import type { Filter } from '../query/filter.js';
import type { TextOrder } from '../query/query.js';
import type { AskedTerms } from '../text/asked-terms.js';
import { acceptedCache } from './accepted-cache.js';
import { type AnalysisChains, createChains } from './analysis-chains.js';
import type { FieldText } from './attribute-texts.js';
import { checkBm25 } from './bm25.js';
import type { CountedTerm } from './counted-term.js';
import { documentReader } from './document-reader.js';
import { type ExportedTokens, exportTokens } from './exported-tokens.js';
import { documentsWith, frequentTerms } from './frequent-terms.js';
import { GrowingArray } from './growing-array.js';
import { indexFields } from './index-fields.js';
import { createFiller, type FillOptions, type IndexFiller } from './index-filler.js';
import type { IndexView } from './index-view.js';
import { vocabularyOf } from './index-vocabulary.js';
import { keptQueries } from './kept-queries.js';
import { type KnownTerms, knownTerms } from './known-terms.js';
import { ListCache } from './list-cache.js';
import { MemorySegment } from './memory-segment.js';
import { noOccurrences } from './occurrence-log.js';
import { uncollated } from './order-keys.js';
import { type PartField, partLimits, type WholeIndex } from './part-of-index.js';
import { readSegments, writeSegments } from './persist.js';
import { type PreparedQuery, prepareQuery } from './prepared-query.js';
import { queryLanguages } from './query-language.js';
import { type Question, wordsOf } from './question.js';
import type { Expansion, SearchedIndex } from './searched-index.js';
import { type SegmentLimits, SegmentList } from './segment-list.js';
import { measureSegments, type SegmentMeasures } from './segment-measures.js';
import type { SegmentReader } from './segment-reader.js';
import type { StoredSegment } from './stored-segment.js';
import { tellingTerms } from './telling-terms.js';
import type { TokenIndexOptions } from './token-index-options.js';
import { queryWeights } from './tree/query-weights.js';
import { createScratch, type Scratch } from './tree/retrieve-tree.js';
import { plainlyWanted, wantedTerms } from './wanted-terms.js';
import { createWeighting, type Weighting } from './weighting.js';
import { type WrittenVocabulary, writtenVocabulary } from './written-vocabulary.js';

export type { TokenIndexOptions };

/** The words that the documents of an index have. */
export interface IndexWords {
  /** The most frequent terms that begin with a prefix, most first. @param prefix  not empty */
  frequent(prefix: string, most: number): CountedTerm[];
  /** Ids of some documents that hold a term. */
  documentsWith(term: string, most: number): string[];
  readonly written: WrittenVocabulary;
  /** Terms by which some documents are told from others, best first (telling-terms.ts). @throws TandemError 'text/bad-language' */
  telling(documents: readonly DocumentRow[], most: number): QueryToken[];
  /** Whether any document has an attribute of this path. */
  hasAttribute(name: string): boolean;
  /** Paths of all attributes, sorted. */
  attributeNames(): string[];
  /** Attributes with numbers, or with dates and no numbers, sorted. */
  numericAttributes(): { readonly path: string; readonly kind: 'number' | 'date' }[];
  /** Of fields that are to stand in the order of a language, those with too many texts for that, see mostCollated. */
  uncollated(keys: readonly { readonly field: string; readonly collation?: TextOrder }[]): ReadonlySet<string>;
}

/**
 * Token retrieval: documents as bags of terms, scored by BM25F (see bm25.ts). Documents of all languages share one dictionary.
 * Statistics are exact at every moment: a removed or replaced document leaves no trace in df, N or the average lengths.
 */
export interface TokenIndex {
  /** N */
  readonly size: number;
  /** Names of the indexed fields, sorted. */
  readonly fields: readonly string[];
  /** The texts of a field of a document, each with the path that it stands under. */
  texts(document: DocumentRow, field: string): readonly FieldText[];
  /** What the analysis makes of a document, as documents may give it. @throws TandemError 'text/bad-language' */
  exportTokens(document: DocumentRow): ExportedTokens;
  /** Adds a document, or replaces the one of the same id. @throws TandemError 'text/bad-language'; then nothing has changed */
  add(document: DocumentRow): void;
  /** The same, work that tells its units (src/search/turns.ts); no other write comes between. The document is there when the work is done. */
  adding(document: DocumentRow): Generator<number, void>;
  /** What takes many documents in, by several threads. @param options  as is best on this machine when absent */
  filler(options?: FillOptions): IndexFiller;
  /** @returns whether it was there */
  remove(id: string): boolean;
  has(id: string): boolean;
  /** Whether a document would pass a filter if it were here. @throws TandemError 'search/bad-filter' */
  passes(document: DocumentRow, filter: Filter): boolean;
  /** Analyses a question and compiles it, once for all that is asked of it. @throws TandemError 'text/bad-language' */
  prepare(question: Question): PreparedQuery;
  /**
   * How texts become terms: the chains of all languages, with the words that they keep whole and the rules of synonyms. None of these is saved with
   * the index: its store holds the words, its manifest the rules.
   */
  readonly chains: AnalysisChains;
  readonly words: IndexWords;
  /** Makes an immutable segment of what is in memory; searches find the same before and after. Happens by itself when there is enough. */
  flush(): void;
  /** The same as work that tells its units (src/search/turns.ts): until it is done nothing may be added or removed. */
  flushing(): Generator<number, void>;
  /** Merges everything into one immutable segment without removed documents: the fastest to search. Searches and writes go on meanwhile. */
  compact(): Promise<void>;
  /** The segments as they are now, the one in memory last; a later write may put others in their place. */
  segments(): readonly SegmentReader[];
  /** Of the posting lists that are kept unpacked. */
  listCache(): Pick<ListCache, 'hits' | 'misses' | 'bytes'>;
  /** Sizes of the immutable segments, and how often they were made. */
  measures(): SegmentMeasures;
  /**
   * Writes the index to a folder, whole or not at all; it holds the index as it is at the call.
   * @throws TandemError 'files/disk-full' | 'files/write-failed'
   */
  save(folder: string): Promise<void>;
}

/** Some documents of an index: what it finds among them has the score that it has among all. */
export interface PartOfIndex extends TokenIndex {
  /**
   * Takes a document in, of no id that is here.
   * @param fields  in the order of the names of the fields
   * @param row     with its attributes; without it the document has none here
   */
  take(id: string, fields: readonly PartField[], row?: DocumentRow): void;
}

/**
 * @throws TandemError 'config/bad-value' | 'text/bad-language'
 */
export function createTokenIndex(options: TokenIndexOptions): TokenIndex {
  return tokenIndexOver(options, []);
}

/**
 * @param limits  when segments are cut; those of every index when absent
 * @throws TandemError 'index/not-found' | 'index/damaged' naming the file | 'index/unsupported-version'
 */
export async function loadTokenIndex(folder: string, limits?: SegmentLimits): Promise<TokenIndex> {
  const { segments, options } = await readSegments(folder);
  return tokenIndexOver(options, segments, limits);
}

/** An index of some documents of a larger one, which scores them as that one does. @throws as createTokenIndex */
export const partOfIndex = (options: TokenIndexOptions, whole: WholeIndex): PartOfIndex =>
  tokenIndexOver(options, [], partLimits, whole);

const mebibytes = (count?: number): number | undefined => (count === undefined ? undefined : count * 2 ** 20);

function tokenIndexOver(
  options: TokenIndexOptions,
  saved: readonly StoredSegment[],
  limits?: SegmentLimits,
  whole?: WholeIndex,
): PartOfIndex {
  checkBm25(options.bm25);
  const fields = indexFields(options);
  const { names, own, texts: textsOf } = fields;
  const chains = whole?.chains ?? createChains(options.language, options.analysis);
  const texts = textPaths(own, options.valueFields);
  const list = new SegmentList(fields.numbered.length, saved, options.sort ?? null, limits);
  const reader = documentReader(fields, chains);
  const languages = whole?.languages ?? queryLanguages(chains, list);
  const { statistics } = list;
  list.memory.whole = whole;
  /** of all documents, wherever they are */
  const collection = whole && {
    documents: whole.documents,
    averageLength: (field: number) => whole.averageLength(fields.numbered[field].name),
  };
  const documents = (): number => whole?.documents ?? statistics.documents;
  const scratches: Scratch[] = [];
  const cache = new ListCache(mebibytes(options.postingCacheMiB));
  let weighting: Weighting | undefined;
  let weightingVersion = -1;

  const presentWeighting = (): Weighting => {
    if (weighting === undefined || weightingVersion !== statistics.version) {
      weighting = createWeighting(collection ?? statistics, options.bm25, fields.weights());
      weightingVersion = statistics.version;
    }
    return weighting;
  };
  const idf = (df: number): number => presentWeighting().idf(df);
  const watchDocuments = (): (() => boolean) => {
    const { version } = statistics;
    const [stored, memory, chainsVersion] = [list.stored, list.memory, chains.version];
    return () =>
      statistics.version === version &&
      list.stored === stored &&
      list.memory === memory &&
      chains.version === chainsVersion;
  };
  // of a part of an index what is asked is the same for whatever documents are looked at
  const watch = (): (() => boolean) => (whole === undefined ? watchDocuments() : () => true);
  let known: { readonly terms: KnownTerms; readonly isPresent: () => boolean } | undefined;
  const presentTerms = (): KnownTerms => {
    if (!known?.isPresent()) known = { terms: knownTerms(list.all), isPresent: watch() };
    return known.terms;
  };
  const presentVocabulary = () => whole?.vocabulary() ?? vocabularyOf(presentTerms(), idf, statistics.documents);
  /** What a text asks for: at once where that takes no time, or work that tells its units. */
  const askedBy = (
    text: string,
    language: string | undefined,
    { mends, synonyms }: Expansion,
    vocabulary = presentVocabulary(),
  ): AskedTerms[] | Generator<number, AskedTerms[]> => {
    const analyzer = chains.analyzer(language);
    const expanded = synonyms ? chains.expand(text, language) : { tokens: analyzer.analyze(text), spans: [] };
    const plain = plainlyWanted(text, expanded, vocabulary, mends);
    if (plain !== undefined) return plain;
    const share = languages.share(analyzer.language);
    const stopIdf = (df: number): number => idf(Math.min(documents(), df / share));
    return wantedTerms(text, expanded, analyzer, { ...vocabulary, stopIdf }, mends);
  };
  const askedAtOnce = (...asked: Parameters<typeof askedBy>): AskedTerms[] => {
    const found = askedBy(...asked);
    return Array.isArray(found) ? found : finish(found);
  };
  const view = (question: Question): IndexView => {
    const { fieldWeights, spelling = options.spelling ?? false } = question;
    const language = question.language || languages.guess(wordsOf(question));
    const known = new Map<string, readonly AskedTerms[]>();
    const vocabulary = presentVocabulary();
    const expansion = { mends: spelling, synonyms: true };
    const remembered = (text: string, terms: readonly AskedTerms[]): readonly AskedTerms[] => {
      known.set(text, terms);
      return terms;
    };
    const present = {
      stored: list.stored,
      memory: list.memory,
      weighting: presentWeighting(),
      fields: fieldNames(),
      ready: readier(question),
      analyzer: chains.analyzer(language),
      asked: (text: string) => known.get(text) ?? remembered(text, askedAtOnce(text, language, expansion, vocabulary)),
      *asking(text: string) {
        if (known.has(text)) return;
        const asked = askedBy(text, language, expansion, vocabulary);
        remembered(text, Array.isArray(asked) ? asked : yield* asked);
      },
    };
    if (fieldWeights === undefined) return present;
    const asked = queryWeights(fields.numbered, fields.weights(), fieldWeights);
    const searched = new Set(asked.flatMap((weight, field) => (weight > 0 ? [field] : [])));
    return { ...present, weighting: createWeighting(collection ?? statistics, options.bm25, asked), searched };
  };
  /** What makes the conditions of a question ready. */
  const readier = ({ now = Date.now(), language }: Question): IndexView['ready'] => {
    let meter: ReturnType<typeof scanMeter> | undefined;
    return clause => {
      const chainOf = (value: string) => chains.wordChain(value, language);
      const made = readyClause(clause, { texts, now, chainOf });
      meter ??= scanMeter(list.all);
      meter(made);
      return made;
    };
  };
  let namesByNumber: readonly string[] = [];
  const fieldNames = (): readonly string[] => {
    if (namesByNumber.length !== fields.numbered.length) namesByNumber = fields.numbered.map(({ name }) => name);
    return namesByNumber;
  };
  const searched: SearchedIndex = {
    options,
    segments: list,
    chains,
    texts,
    view,
    watch,
    watchDocuments,
    asked: (text, language, expansion) => askedAtOnce(text, language, expansion),
    df: term => presentTerms().df(term),
    idf,
    accepted: acceptedCache(list),
    borrowScratch: () => scratches.pop() ?? createScratch(cache),
    giveBack: scratch => scratches.push(scratch),
  };
  const prepare = keptQueries(searched, question => prepareQuery(searched, question));
  function* adding(document: DocumentRow): Generator<number, void> {
    const found = yield* reader.read(document, list.numbers);
    languages.note(document.language);
    const attributes = flattenDocument(document, texts);
    yield* list.adding(document.id, found, attributes, flattenObjects(document, texts));
    reader.giveBack(found);
  }
  const add = (document: DocumentRow): void => finish(adding(document));
  /** Of a document that another thread reads: its language, and numbers for what its weighted tokens bring. */
  const note = (document: DocumentRow): void => {
    languages.note(document.language);
    for (const _ of fields.lighter(document));
  };
  const take: PartOfIndex['take'] = (id, found, row) => {
    const { numbers } = list;
    const occurrences = found.map(({ terms, positions, length }) => {
      const into = { ...noOccurrences(), length };
      for (const term of terms) into.terms.push(numbers.numberOf(term));
      for (const position of positions) into.positions.push(position);
      return into;
    });
    const attributes = row && flattenDocument(row, texts);
    finish(
      list.adding(
        id,
        { fields: occurrences, words: new GrowingArray() },
        attributes,
        row && flattenObjects(row, texts),
      ),
    );
  };
  const attributeNames = (): string[] =>
    whole?.attributes() ?? [...new Set(list.all.flatMap(({ columns }) => [...columns.paths()]))].sort();
  return {
    get size() {
      return documents();
    },
    take,
    fields: names,
    texts: textsOf,
    exportTokens: document => exportTokens(document, fields, chains.analyzer(document.language)),
    add,
    adding,
    filler: given => {
      const maker = () => ({ options: { ...options, analysis: chains.analysis }, dictionary: chains.dictionary() });
      return createFiller({ list, fields, maker, add, note }, given);
    },
    remove: id => list.remove(id),
    has: id => list.find(id) !== undefined,
    passes: (document, filter) => {
      const alone = new MemorySegment(0);
      const nothing = { fields: [], words: new GrowingArray() };
      const [attributes, objects] = [flattenDocument(document, texts), flattenObjects(document, texts)];
      const doc = finish(alone.adding(nothing, attributes, objects));
      alone.show(doc, document.id);
      const ready = readier({ text: '' });
      return filter.every(clause => hasBit(alone.columns.matching(ready(clause)), doc));
    },
    prepare,
    chains,
    words: {
      frequent: (prefix, most) => frequentTerms(list.all, prefix, most),
      documentsWith: (term, most) => documentsWith(list.all, term, most),
      written: writtenVocabulary(() => list.all, names),
      telling: (documents, most) => tellingTerms(documents, most, fields, chains, searched),
      hasAttribute: name =>
        name === 'id' || (whole?.hasAttribute(name) ?? list.all.some(({ columns }) => columns.has(name))),
      uncollated: keys => uncollated(list.all, keys),
      attributeNames,
      numericAttributes: () =>
        attributeNames().flatMap((path): { path: string; kind: 'number' | 'date' }[] => {
          const has = (kind: 'numbers' | 'dates'): boolean =>
            list.all.some(({ columns }) => columns.numbers(path, kind) !== undefined);
          return has('numbers') ? [{ path, kind: 'number' }] : has('dates') ? [{ path, kind: 'date' }] : [];
        }),
    },
    flush: () => list.flush(),
    flushing: () => list.flushing(),
    compact: () => list.compact(),
    segments: () => list.all,
    listCache: () => cache,
    measures: () => measureSegments(list.stored, list.made),
    save: folder => {
      list.flush();
      // all but the synonyms of an indexing configuration, which its manifest holds
      const { bm25, fieldWeights, attributeWeight, language, sort, spelling, proximity, postingCacheMiB } = options;
      const kept = { bm25, fieldWeights, attributeWeight, language, sort, spelling, proximity, postingCacheMiB };
      const saved = { ...kept, analysis: chains.analysis };
      const { valueFields } = options;
      const { weighted: weightedFields } = fields;
      return writeSegments(folder, list.stored, {
        ...saved,
        ...(valueFields?.length && { valueFields }),
        ...(weightedFields.length > 0 && { weightedFields }),
      });
    },
  };
}
