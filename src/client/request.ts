/** How a service is reached. */
export interface ClientOptions {
  /** where it answers, such as `https://search.example.org/` */
  readonly url: string;
  /** of a service of several, `tandem serve --root`; its name or an alias */
  readonly collection?: string;
  /** of a service with keys; in a browser one that may search and no more */
  readonly key?: string;
  /** milliseconds in which an answer must have come; 10,000 when absent */
  readonly timeoutMs?: number;
  /** times that a request is asked again where the service is busy or cannot be reached; 2 when absent */
  readonly retries?: number;
  /** more headers for each request */
  readonly headers?: Readonly<Record<string, string>>;
  /** in place of the one that is there */
  readonly fetch?: typeof fetch;
}

/** Of one request. */
export interface CallOptions {
  /** ends it */
  readonly signal?: AbortSignal;
  /** in place of the client's */
  readonly timeoutMs?: number;
}

/** What a service refuses, by the code of docs/errors.md; or `client/timeout`, `client/unreachable`, `client/bad-answer`. */
export class TandemClientError extends Error {
  override readonly name = 'TandemClientError';

  constructor(
    readonly code: string,
    message: string,
    /** HTTP; 0 where no answer came, and of one change among many */
    readonly status: number,
    /** what to do about it */
    readonly remedy = '',
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface Asked extends CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** JSON; or text that is sent as `type` */
  readonly body?: unknown;
  readonly type?: string;
  /** whether a browser sends it to the end also where its page is left; up to 64 KiB */
  readonly keepalive?: boolean;
}

/** Asks a service. @returns the text of its answer */
export type Ask = (asked: Asked) => Promise<string>;

/** Answers after which the same may be asked again, if it changes nothing. */
const busy = new Set([429, 503]);
/** Those that say that nothing was done, so that a change may be asked again too. Behind others of 503 one may have been made. */
const notDone = new Set(['request/rate-limited', 'server/overloaded']);
/** Between two tries where the service does not say, the first time; and at most, also where it does. */
const firstPauseMs = 200;
const longestPauseMs = 30_000;

/** @throws TypeError for an address that is none */
export function createAsk(options: ClientOptions): Ask {
  const { key, timeoutMs = 10_000, retries = 2, headers = {}, fetch: fetching = globalThis.fetch } = options;
  // what the address has behind its last / belongs to it
  const service = new URL(options.url.endsWith('/') ? options.url : `${options.url}/`);
  const { collection } = options;
  const base = collection === undefined ? service : new URL(`collections/${encodeURIComponent(collection)}/`, service);
  return async asked => {
    for (let tried = 0; ; tried++) {
      const outcome = await tryOnce(asked);
      if ('text' in outcome) return outcome.text;
      if (!outcome.again || tried === retries) throw outcome.error;
      await pause(outcome.pauseMs ?? firstPauseMs * 2 ** tried * (0.5 + Math.random()), asked.signal);
    }
  };

  type Outcome =
    | { readonly text: string }
    | { readonly error: Error; readonly again: boolean; readonly pauseMs?: number };

  async function tryOnce({
    method = 'GET',
    path,
    query = {},
    body,
    type,
    keepalive,
    signal,
    timeoutMs: own,
  }: Asked): Promise<Outcome> {
    signal?.throwIfAborted();
    const isSafe = method === 'GET' || safePosts.has(path);
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const ended = new AbortController();
    const end = (): void => ended.abort();
    signal?.addEventListener('abort', end, { once: true });
    const limit = own ?? timeoutMs;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end();
    }, limit);
    try {
      const answer = await fetching(url, {
        method,
        headers: {
          ...headers,
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...(body !== undefined && { 'content-type': type ?? 'application/json' }),
        },
        ...(body !== undefined && { body: type === undefined ? JSON.stringify(body) : String(body) }),
        ...(keepalive && { keepalive }),
        signal: ended.signal,
      });
      const text = await answer.text();
      if (answer.ok) return { text };
      const error = refusal(answer.status, text);
      const again = busy.has(answer.status) && (isSafe || notDone.has(error.code));
      return { error, again, ...(again && { pauseMs: retryAfter(answer.headers) }) };
    } catch (error) {
      signal?.throwIfAborted();
      if (late)
        return { error: new TandemClientError('client/timeout', `${url}: no answer in ${limit} ms`, 0), again: false };
      const unreachable = new TandemClientError(
        'client/unreachable',
        `${url}: ${(error as Error).message}`,
        0,
        '',
        {},
        { cause: error },
      );
      // a change may have been made before the connection broke
      return { error: unreachable, again: isSafe };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  }
}

/** Requests that change nothing though they are sent by POST; and events, of which equal ones count once. */
const safePosts = new Set(['events', 'search', 'search/next', 'multi-search', 'explain', 'analyze', 'embed/query']);

/** What is wrong, as the service says it; a proxy before it may say less. */
function refusal(status: number, text: string): TandemClientError {
  const { code, message, remedy, details } = (parsed(text) ?? {}) as Partial<Record<string, unknown>>;
  if (typeof code !== 'string' || typeof message !== 'string')
    return new TandemClientError('client/bad-answer', `status ${status}: ${text.slice(0, 200)}`, status);
  return new TandemClientError(
    code,
    message,
    status,
    String(remedy ?? ''),
    (details ?? {}) as Readonly<Record<string, unknown>>,
  );
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds, or a date. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? 1_000 * Number(value) : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(longestPauseMs, Math.max(0, ms));
}

/** @throws the reason of the signal */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', end);
        resolve();
      },
      Math.min(ms, longestPauseMs),
    );
    signal?.addEventListener('abort', end, { once: true });
  });
}
