import type { FastifyRequest } from 'fastify';
import { errorTable } from '../../src/errors/table.js';
import type { FilteredReader, SearchResponse } from '../../src/search/backend.js';
import { type SearchRequest, searchRequestSchema } from '../../src/search/request.js';
import { queryIdOf } from '../events/query-id.js';
import type { Measures } from '../measures.js';
import type { App } from '../parts.js';
import { errorReplies, nextBody, nextReply, searchReply } from '../schemas.js';
import type { SlowLog } from '../slow-log.js';
import type { RouteParts } from '../view.js';

/** `POST /search`: the ranked documents for a query; `POST /search/next`: the page behind. */
export function searchRoute(app: App, { of }: RouteParts, telling: SearchTelling): void {
  app.post<{ Body: SearchRequest }>(
    '/search',
    {
      config: { need: 'search', tenancy: 'own' },
      schema: {
        summary: 'Search documents',
        body: searchRequestSchema,
        response: { 200: searchReply, ...errorReplies },
      },
      // the backend checks it, as it does whoever asks
      validatorCompiler: () => value => ({ value }),
    },
    async (request, reply) => reply.send(await answerSearch(of(request).reader, request.body, request, telling)),
  );
  app.post(
    '/search/next',
    {
      config: { need: 'search', tenancy: 'own' },
      schema: { summary: 'The next page', body: nextBody, response: { 200: nextReply, ...errorReplies } },
    },
    async (request, reply) => {
      const response = await of(request).reader.next(request.body.cursor, request.body.k);
      telling.tellDamage(request, response);
      return reply.send(plain(response));
    },
  );
}

/** What is told of searches beside their answers. */
export interface SearchTelling {
  readonly measures: Measures;
  readonly tellDamage: ReturnType<typeof damageTeller>;
  readonly slowLog: SlowLog;
}

/** The answer to a search, once its stages are measured. @throws as `search` of the reader */
export async function answerSearch(
  reader: FilteredReader,
  search: SearchRequest,
  request: FastifyRequest,
  { measures, tellDamage, slowLog }: SearchTelling,
): Promise<Writable<SearchResponse>> {
  const response = await reader.search(search);
  measures.stages(response.took);
  tellDamage(request, response);
  slowLog.search(request, reader, search, response);
  const { queryId, text = '', country } = search;
  return plain(queryId === true ? { ...response, queryId: queryIdOf({ text, country }) } : response);
}

/** Damaged documents that are remembered as told. */
const mostTold = 1000;

/** Logs each document that is met altered once: a frequent query would fill the log with it. */
export function damageTeller(): (request: FastifyRequest, response: Pick<SearchResponse, 'partial'>) => void {
  const told = new Set<string>();
  return (request, { partial = [] }) => {
    const documents = partial.filter(id => !told.has(id));
    if (documents.length === 0 || told.size >= mostTold) return;
    for (const id of documents) told.add(id);
    const { remedy } = errorTable['index/documents-damaged'];
    request.log.error({ code: 'index/documents-damaged', documents, remedy }, 'documents are altered on disk');
  };
}

/** The same, typed as the reply schemas have it: with lists that may be written to. */
const plain = <T extends Pick<SearchResponse, 'hits'>>(response: T) => response as Writable<T>;

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
