import { TandemError } from '../../src/errors/tandem-error.js';
import type { App, AppParts } from '../parts.js';
import { errorReplies, liveReply, readyReply } from '../schemas.js';

export interface Readiness {
  readonly documents: number;
  /** null without a model */
  readonly modelId: string | null;
  /** `away`: this server counts requests alone until it is back; absent without --redis */
  readonly redis?: 'there' | 'away';
}

export interface ReadyService {
  /** @throws TandemError 'server/not-ready' */
  ready(): Promise<Readiness>;
}

/** Whether the index can be read and is the one that it should be. @throws TandemError 'server/not-ready' */
export async function readiness({
  backend,
  embedder,
  redis,
}: Pick<AppParts, 'backend' | 'embedder' | 'redis'>): Promise<Readiness> {
  const [documents, { fault: found }] = await Promise.all([backend.count(), backend.status()]).catch(
    (error: unknown) => {
      throw new TandemError('server/not-ready', 'the index cannot be read', {}, { cause: error });
    },
  );
  const shared = redis && ({ redis: redis() ? 'there' : 'away' } as const);
  if (found === undefined) return { documents, modelId: embedder?.modelId ?? null, ...shared };
  const { code: reason, remedy } = found;
  // which folder and file it is, is for the log
  const message = `${reason}: searches are answered from the index as it was before`;
  throw new TandemError('server/not-ready', message, { reason, remedy }, { cause: found });
}

/** `/health/live`: the process answers. `/health/ready`: the index is as it should be and requests are being taken. */
export function healthRoutes(app: App, { ready }: ReadyService): void {
  app.get(
    '/health/live',
    { config: { need: 'nothing', tenancy: 'none' }, schema: { summary: 'Liveness', response: { 200: liveReply } } },
    async (_request, reply) => reply.send({ live: true }),
  );
  app.get(
    '/health/ready',
    // asked again and again: the reason was logged when it came up
    {
      config: { need: 'nothing', tenancy: 'none' },
      logLevel: 'silent',
      schema: { summary: 'Readiness', response: { 200: readyReply, ...errorReplies } },
    },
    async (_request, reply) => reply.send({ ready: true, ...(await ready()) }),
  );
}
