import { flattenDocument, textPaths } from '../columns/attributes.js';
import { flattenObjects } from '../columns/objects.js';
import type { DocumentRow } from '../config/rows.js';
import { finish } from '../math/finish.js';
import type { DictionaryWord } from '../text/dictionary.js';
import { createChains } from './analysis-chains.js';
import { documentReader } from './document-reader.js';
import { IdFilter } from './id-filter.js';
import { indexFields, type WeightedField } from './index-fields.js';
import { MemorySegment } from './memory-segment.js';
import { TermNumbers } from './term-numbers.js';
import type { TokenIndexOptions } from './token-index-options.js';

/** What it takes to make segments for an index, elsewhere. */
export interface MakerOptions {
  readonly options: TokenIndexOptions;
  /** words that the analysis keeps whole */
  readonly dictionary: readonly DictionaryWord[];
}

/** Documents on their way into a segment. */
export interface SegmentPart {
  /** a JSON array of them: as the store keeps them, and quicker to hand to a thread than objects */
  readonly documents: string;
  /** fields of weighted tokens that the index has given numbers to, those of these documents among them */
  readonly weighted: readonly WeightedField[];
}

/** Makes whole segments, one after the other: of the same documents the same that an index makes itself. */
export interface SegmentMaker {
  add(part: SegmentPart): void;
  /** The file of a segment of what was added since the last one; undefined where nothing was. */
  take(): Uint8Array | undefined;
}

/** @throws TandemError 'config/bad-value' | 'text/bad-language' */
export function createSegmentMaker({ options, dictionary }: MakerOptions): SegmentMaker {
  const fields = indexFields(options);
  const chains = createChains(options.language, options.analysis);
  if (dictionary.length > 0) chains.setDictionary(dictionary);
  const texts = textPaths(fields.own, options.valueFields);
  const reader = documentReader(fields, chains);
  const empty = (numbers: TermNumbers): MemorySegment =>
    new MemorySegment(fields.numbered.length, options.sort ?? null, numbers.isFull ? new TermNumbers() : numbers);
  let segment = empty(new TermNumbers());
  /** most ids come once: these are not looked for */
  let ids = new IdFilter();

  function add(document: DocumentRow): void {
    const found = finish(reader.read(document, segment.numbers));
    const slot = finish(segment.adding(found, flattenDocument(document, texts), flattenObjects(document, texts)));
    const before = ids.add(document.id) ? segment.find(document.id) : -1;
    if (before >= 0) segment.remove(before);
    segment.show(slot, document.id);
    reader.giveBack(found);
  }

  return {
    add: ({ documents, weighted }) => {
      fields.follow(weighted);
      for (const document of JSON.parse(documents)) add(document);
    },
    take: () => {
      const made = segment;
      segment = empty(made.numbers);
      ids = new IdFilter();
      return made.liveCount === 0 ? undefined : made.write();
    },
  };
}
