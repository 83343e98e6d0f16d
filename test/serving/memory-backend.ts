import type { Admission } from '../../serving/admission.js';
import type { AppParts, GenerationAdmin } from '../../serving/parts.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { IndexWriter, QueryEmbedder, SearchBackend } from '../../src/search/backend.js';
import { parseSearchRequest, type SearchRequest } from '../../src/search/request.js';

export const documents: readonly DocumentRow[] = [
  { id: 'a', title: 'garden hose', country: 'us', price: 12 },
  { id: 'b', title: 'garden chair', images: ['chair.webp'] },
  { id: 'ü/ß 100%', title: 'rubber boots' },
];

/** Finds the documents whose title holds the text; keeps what it was asked. */
export function memoryBackend(asked: SearchRequest[] = []): SearchBackend {
  return {
    search: async value => {
      const request = parseSearchRequest(value);
      asked.push(request);
      const { text = '', k = 10, mode = 'hybrid' } = request;
      if (text === 'break') throw new TypeError('secret detail');
      if (request.filter?.some(clause => 'exists' in clause && clause.exists.field === 'nope')) {
        throw new TandemError('search/bad-filter', 'exists.field: no attribute "nope"');
      }
      const found = documents.filter(({ title }) => title.includes(text)).slice(0, k);
      const hits = found.map((document, i) => ({ id: document.id, score: 1 / (i + 1), document }));
      return { hits, mode, took: { token: 0.25, total: 0.5 } };
    },
    next: async cursor => {
      throw new TandemError('search/cursor-expired', `cursor: ${cursor}`);
    },
    explain: async ({ text = '' }, id) => {
      const document = documents.find(each => each.id === id);
      return (
        document && { value: document.title.includes(text) ? 1 : 0, description: `title holds ${text}`, details: [] }
      );
    },
    get: async id => documents.find(document => document.id === id),
    count: async () => documents.length,
    status: async () => ({ modes: ['hybrid', 'vector', 'token'] }),
    analyze: async (text, language = 'en') => ({
      language,
      steps: [{ name: `split ${language}`, tokens: [{ term: text, position: 0, start: 0, end: text.length }] }],
    }),
    complete: async () => [],
    dictionary: async () => [],
    synonyms: async () => [],
    rules: async () => [],
    filteredReader: () => {
      throw new Error('in memory there are no filters');
    },
    close: async () => {},
  };
}

/** Always the same unit vector: its values are exact in float32. */
export const fixedEmbedder: QueryEmbedder = {
  modelId: 'm'.repeat(64),
  width: 4,
  embedQuery: async () => ({
    embedding: Float32Array.of(0.5, 0.5, -0.5, 0.5),
    channels: { trigram: 0.25, word: 0.75 },
  }),
};

export function memoryParts(parts: Partial<AppParts> = {}): AppParts {
  return {
    backend: memoryBackend(),
    embedder: fixedEmbedder,
    ...parts,
  };
}

/** Writes nothing. */
const noChanges = {
  write: async () => 0,
  writeEach: async () => [],
  deleteMatching: async () => ({ matched: 0, deleted: 0, receipt: 0 }),
};
export const idleWriter: IndexWriter = {
  ...noChanges,
  filteredWriter: () => noChanges,
  setDictionary: async () => ({ receipt: 0, documents: 0 }),
  setSynonyms: async () => 0,
  setRules: async () => 0,
};

/** Has none, and says that each was changed. */
const switched = { generation: 1, before: 0 };
export const idleGenerations: GenerationAdmin = {
  listGenerations: async () => [],
  addition: async () => undefined,
  addGeneration: async (model: string) => ({ model, state: 'running' as const, text: '' }),
  switchGeneration: async () => switched,
  rollbackGeneration: async () => switched,
  dropGeneration: async () => undefined,
  compareGeneration: async () => ({ first: 0, second: 1, queries: 1, overlap: 1 }),
};

/** A machine that is never busy, so that tests do not depend on how busy theirs is. */
export const calm: Admission = {
  admits: () => true,
  begin: () => ({ turn: async () => true, end: () => {} }),
  accepted: () => {},
  figures: () => ({ inFlight: 0, waiting: 0, workMs: 0 }),
};
