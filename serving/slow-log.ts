import type { FastifyRequest } from 'fastify';
import { asTandemError } from '../src/errors/tandem-error.js';
import type { FilteredReader, SearchResponse } from '../src/search/backend.js';
import type { SearchRequest } from '../src/search/request.js';
import type { SlowSearch } from './slow-search.js';

export interface SlowLogOptions {
  /** searches of so many milliseconds are logged; none when absent */
  readonly slowMs?: number;
  /** whether what was asked stands in the log */
  readonly logText?: boolean;
  /** a clock that never goes back, milliseconds */
  readonly now?: () => number;
}

/** Logs a search that took long. */
export interface SlowLog {
  search(request: FastifyRequest, reader: FilteredReader, asked: SearchRequest, found: SearchResponse): void;
  /** so far */
  count(): number;
  /** milliseconds from which a search is one; none where none are noted */
  readonly fromMs: number | undefined;
  /** the last ones, the last first */
  last(): readonly SlowSearch[];
}

/** Pictures say nothing to who reads a log, and are long. */
const withoutPictures = ({ similar, ...asked }: SearchRequest): object =>
  similar === undefined ? asked : { ...asked, similar: { ...similar, pictures: similar.pictures?.length } };

/** Slow searches that are remembered. */
const mostRemembered = 100;
/** Milliseconds between two explanations: what is slow must not become slower by being explained. */
const explainEveryMs = 1_000;

/**
 * Without the texts, a line tells which stages took long and what sort of search it was; with them, also what was asked, and why the best hit has its score, part by part.
 */
export function createSlowLog({
  slowMs = Number.POSITIVE_INFINITY,
  logText = false,
  now = () => performance.now(),
}: SlowLogOptions): SlowLog {
  let searches = 0;
  const remembered: SlowSearch[] = [];
  let explainedAt = Number.NEGATIVE_INFINITY;

  /** @returns undefined where there is nothing to explain, or one was explained a moment ago */
  async function explanation(reader: FilteredReader, asked: SearchRequest, found: SearchResponse): Promise<unknown> {
    const [best] = found.hits;
    if (best === undefined || asked.similar !== undefined || now() - explainedAt < explainEveryMs) return undefined;
    explainedAt = now();
    const { text, country, language, syntax, query, functions, fieldWeights, spelling, rules } = asked;
    const part = { text, country, language, syntax, query, functions, fieldWeights, spelling, rules };
    const failed = (error: unknown): object => ({ failed: asTandemError(error).code });
    return { id: best.id, ...(await reader.explain({ ...part, mode: 'token' }, best.id).catch(failed)) };
  }

  return {
    count: () => searches,
    fromMs: Number.isFinite(slowMs) ? slowMs : undefined,
    last: () => remembered,
    search(request, reader, asked, found) {
      const { took, mode, hits, total } = found;
      if (took.total < slowMs) return;
      searches++;
      const known = {
        ...{ ms: took.total, took, mode, hits: hits.length },
        // what was asked for, by its fields alone
        asked: logText ? withoutPictures(asked) : Object.keys(asked),
      };
      remembered.unshift({ time: new Date().toISOString(), ...known });
      remembered.length = Math.min(remembered.length, mostRemembered);
      const line = { ...known, total, key: request.apiKey?.name };
      const tell = (explained?: unknown): void => request.log.warn({ ...line, explained }, 'slow search');
      if (logText) void explanation(reader, asked, found).then(tell);
      else tell();
    },
  };
}
