import type { DocumentRow } from '../config/rows.js';
import type { SentEvent } from '../config/sent-event.js';
import type { Rule, RuleInput } from '../curation/rule.js';
import type { UnknownIds } from '../curation/unknown-ids.js';
import type { Filter } from '../query/filter.js';
import type {
  Analysis,
  Deletion,
  DeletionOptions,
  HitExplanation,
  Receipt,
  SearchResponse,
} from '../search/backend.js';
import type { DocumentPatch } from '../search/check-document.js';
import type { Completion } from '../search/completion.js';
import type { DocumentChange } from '../search/patch-documents.js';
import type { SearchRequest } from '../search/request.js';
import type { DictionaryWord } from '../text/dictionary.js';
import { type Asked, type CallOptions, type ClientOptions, createAsk, TandemClientError } from './request.js';

/** What came of one search among several. */
export type SearchOutcome = SearchResponse | { readonly error: TandemClientError };

/** What came of one change of many. */
export type ChangeOutcome = { readonly id: string; readonly sequence: Receipt } | { readonly error: TandemClientError };

export interface QueryEmbeddingReply {
  readonly modelId: string;
  /** D */
  readonly width: number;
  /** L2-normalised; null where the model can read nothing in the text */
  readonly embedding: readonly number[] | null;
  readonly channels: Readonly<Record<string, number>>;
}

/** Asks a service. Every call throws TandemClientError, or the reason of its signal. */
export interface TandemClient {
  /** @param request  the text by itself, or a request (docs/searching.md) */
  search(request: string | SearchRequest, call?: CallOptions): Promise<SearchResponse>;
  /** The next hits at the cursor of a search with `pages: true`. */
  next(cursor: string, k?: number, call?: CallOptions): Promise<Pick<SearchResponse, 'hits' | 'cursor' | 'partial'>>;
  /** Several searches in one request, 50 at most; one that fails has its error in its place. */
  multiSearch(requests: readonly SearchRequest[], call?: CallOptions): Promise<readonly SearchOutcome[]>;
  /**
   * Tells what people did: clicks, carts, orders. It resolves when all of them are kept. An event without a time is of now.
   * @param events  1,000 at most
   */
  sendEvents(events: readonly SentEvent[], call?: CallOptions): Promise<void>;
  /** Ways to go on with a text that is being typed. */
  complete(
    text: string,
    options?: { readonly k?: number; readonly language?: string },
    call?: CallOptions,
  ): Promise<readonly Completion[]>;
  explain(request: ExplainRequest, call?: CallOptions): Promise<HitExplanation>;
  embedQuery(
    query: { readonly text: string; readonly country?: string; readonly language?: string },
    call?: CallOptions,
  ): Promise<QueryEmbeddingReply>;
  analyze(text: string, language?: string, call?: CallOptions): Promise<Analysis>;
  /** undefined where there is none of this id */
  get(id: string, call?: CallOptions): Promise<DocumentRow | undefined>;
  /** number of documents, once the service is ready */
  count(call?: CallOptions): Promise<number>;
  put(document: DocumentRow | (object & { readonly id: string }), call?: CallOptions): Promise<Receipt>;
  /** null takes a field away */
  patch(patch: DocumentPatch, call?: CallOptions): Promise<Receipt>;
  /** @returns whether it was there */
  delete(id: string, call?: CallOptions): Promise<boolean>;
  /** Changes in their order, but for those that cannot be made. @param timeoutMs of `call`: ten seconds may be too few for many */
  writeEach(changes: readonly DocumentChange[], call?: CallOptions): Promise<readonly ChangeOutcome[]>;
  deleteMatching(filter: Filter, options?: DeletionOptions, call?: CallOptions): Promise<Deletion>;
  dictionary(call?: CallOptions): Promise<readonly DictionaryWord[]>;
  setDictionary(words: readonly DictionaryWord[], call?: CallOptions): Promise<Receipt>;
  synonyms(call?: CallOptions): Promise<readonly string[]>;
  setSynonyms(rules: readonly string[], call?: CallOptions): Promise<Receipt>;
  rules(call?: CallOptions): Promise<readonly Rule[]>;
  /** @returns with the ids that rules name and that are no documents; the rules are taken all the same */
  setRules(
    rules: readonly RuleInput[],
    call?: CallOptions,
  ): Promise<{ readonly receipt: Receipt; readonly unknown: readonly UnknownIds[] }>;
}

export type ExplainRequest = { readonly id: string } & Pick<
  SearchRequest,
  'text' | 'country' | 'language' | 'mode' | 'syntax' | 'query' | 'functions' | 'fieldWeights' | 'spelling' | 'rules'
>;

/** Characters of what a browser sends to the end though its page is left: it allows 64 KiB for all such requests together. */
const outlivesPage = 15_000;

/**
 * ```ts
 * const client = createClient({ url: 'https://search.example.org', key: 'search-only' });
 * const { hits } = await client.search({ text: 'garden hose', k: 5 });
 * ```
 */
export function createClient(options: ClientOptions): TandemClient {
  const ask = createAsk(options);
  const json = async <T>(asked: Asked): Promise<T> => parse(await ask(asked));
  const post = <T>(path: string, body: unknown, call?: CallOptions): Promise<T> =>
    json({ ...call, method: 'POST', path, body });
  const put = async (path: string, body: unknown, call?: CallOptions): Promise<Receipt> =>
    (await json<{ sequence: Receipt }>({ ...call, method: 'PUT', path, body })).sequence;
  const documentPath = (id: string): string => `documents/${encodeURIComponent(id)}`;
  return {
    search: (request, call) => post('search', typeof request === 'string' ? { text: request } : request, call),
    next: (cursor, k, call) => post('search/next', { cursor, k }, call),
    multiSearch: async (searches, call) => {
      const { results } = await post<{ results: (SearchResponse | { error: Refusal })[] }>(
        'multi-search',
        { searches },
        call,
      );
      return results.map(result => ('error' in result ? { error: asError(result.error) } : result));
    },
    sendEvents: async (events, call) => {
      // with a time of its own an event that is sent again is the same one
      const time = new Date().toISOString();
      const body = { events: events.map(event => ({ time, ...event })) };
      const isSmall = JSON.stringify(body).length < outlivesPage;
      await ask({ ...call, method: 'POST', path: 'events', body, ...(isSmall && { keepalive: true }) });
    },
    complete: async (text, { k, language } = {}, call) =>
      (await json<{ completions: Completion[] }>({ ...call, path: 'suggest', query: { text, k, language } }))
        .completions,
    explain: (request, call) => post('explain', request, call),
    embedQuery: (query, call) => post('embed/query', query, call),
    analyze: (text, language, call) => post('analyze', { text, language }, call),
    get: (id, call) =>
      json<DocumentRow>({ ...call, path: documentPath(id) }).catch((error: unknown) => {
        if (error instanceof TandemClientError && error.code === 'request/not-found') return undefined;
        throw error;
      }),
    count: async call => (await json<{ documents: number }>({ ...call, path: 'health/ready' })).documents,
    put: (document, call) => put(documentPath(document.id), document, call),
    patch: async (patch, call) =>
      (await json<{ sequence: Receipt }>({ ...call, method: 'PATCH', path: documentPath(patch.id), body: patch }))
        .sequence,
    delete: async (id, call) =>
      (await json<{ found: boolean }>({ ...call, method: 'DELETE', path: documentPath(id) })).found,
    writeEach: async (changes, call) => {
      if (changes.length === 0) return [];
      const body = changes.map(change => `${JSON.stringify(change)}\n`).join('');
      const text = await ask({ ...call, method: 'POST', path: 'documents/bulk', body, type: 'application/x-ndjson' });
      const lines = text
        .trimEnd()
        .split('\n')
        .map(line => parse<LineAnswer>(line));
      // a line that is refused at once is answered before those that are written together
      const outcomes = new Map(
        lines.flatMap(({ line, id, sequence, done, ...refusal }): [number, ChangeOutcome][] =>
          done === undefined && line <= changes.length
            ? [[line, 'code' in refusal ? { error: asError({ ...refusal, status: 0 }) } : { id, sequence }]]
            : [],
        ),
      );
      return changes.map((_, i) => outcomes.get(i + 1) ?? { error: notAnswered(lines) });
    },
    deleteMatching: async (filter, { most, dryRun } = {}, call) => {
      const { sequence, ...deletion } = await post<Deletion & { sequence?: Receipt }>(
        'documents/delete',
        { filter, most, dryRun },
        call,
      );
      return { ...deletion, ...(sequence !== undefined && { receipt: sequence }) };
    },
    dictionary: async call => (await json<{ words: DictionaryWord[] }>({ ...call, path: 'dictionary' })).words,
    setDictionary: (words, call) => put('dictionary', { words }, call),
    synonyms: async call => (await json<{ rules: string[] }>({ ...call, path: 'synonyms' })).rules,
    setSynonyms: (rules, call) => put('synonyms', { rules }, call),
    rules: async call => (await json<{ rules: Rule[] }>({ ...call, path: 'rules' })).rules,
    setRules: async (rules, call) => {
      const changed = { ...call, method: 'PUT' as const, path: 'rules', body: { rules } };
      const { sequence: receipt, unknown } = await json<{ sequence: Receipt; unknown: UnknownIds[] }>(changed);
      return { receipt, unknown };
    },
  };
}

/** What a line of the answer to many changes says: what came of the line of a change, or, with `done`, of all. */
interface LineAnswer extends Refusal {
  /** of the change, from 1 */
  readonly line: number;
  readonly id: string;
  readonly sequence: Receipt;
  readonly done?: boolean;
}

/** Why a change was not looked at: the service says it in the last line that it refused. */
function notAnswered(lines: readonly LineAnswer[]): TandemClientError {
  const last = lines.findLast(({ code }) => code !== undefined);
  return last === undefined
    ? new TandemClientError('client/bad-answer', 'the answer ends before this change', 0)
    : asError({ ...last, status: 0 });
}

/** An error inside an answer. */
interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly status: number;
}

const asError = ({ code, message, status, remedy, details }: Refusal): TandemClientError =>
  new TandemClientError(code, message, status, remedy, details);

function parse<T>(text: string): T {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TandemClientError('client/bad-answer', `no JSON: ${text.slice(0, 200)}`, 200, '', {}, { cause: error });
  }
}
