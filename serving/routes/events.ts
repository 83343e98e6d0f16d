import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EventRow } from '../../src/config/rows.js';
import { type SentEvent, sentEventSchema } from '../../src/config/sent-event.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { askedBy } from '../events/query-id.js';
import type { App } from '../parts.js';
import { errorReplies } from '../schemas.js';
import type { RouteParts } from '../view.js';

/** Events of one request at most. */
const mostEvents = 1_000;

const eventSchema = sentEventSchema.superRefine((event, context) => {
  const refuse = (path: keyof SentEvent, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (event.queryId !== undefined && askedBy(event.queryId) === undefined)
    refuse('queryId', 'it is none that a search of this service has given');
  if (event.type === 'search' && event.query === undefined && event.queryId === undefined)
    refuse('query', 'a search without what was asked for tells nothing');
  if (event.type !== 'search' && event.documentId === undefined) refuse('documentId', 'it is missing');
});

const eventsBody = z.strictObject({ events: z.array(eventSchema).min(1).max(mostEvents) });
const eventsReply = z.object({ events: z.int().describe('that are kept') });

/** As `tandem prepare` and `tandem rank labels` read them. */
type WrittenEvent = Omit<EventRow, 'time'> & { readonly time: string };

function rowOf(
  { type, session, time, queryId, query, country, documentId, rank }: SentEvent,
  now: number,
): WrittenEvent {
  const asked = queryId === undefined ? undefined : askedBy(queryId);
  const [text, from] = [asked?.text ?? query, asked?.country ?? country];
  return {
    session,
    time: new Date(time ?? now).toISOString(),
    type,
    ...(text !== undefined && { query: text }),
    ...(from !== undefined && { country: from }),
    ...(documentId !== undefined && { documentId }),
    ...(rank !== undefined && { rank }),
  };
}

/** `POST /events`: what people did with what they found, as rows that `tandem prepare` learns from. */
export function eventRoute(app: App, parts: RouteParts): void {
  const sink = () => {
    if (parts.events === undefined) throw new TandemError('events/disabled', 'this service keeps no events');
    return parts.events;
  };
  /** Nobody tells what happened to documents that are not there for them. */
  async function checkSeen(request: FastifyRequest, events: readonly SentEvent[]): Promise<void> {
    if (request.apiKey?.filter === undefined) return;
    const { reader } = parts.of(request);
    for (const id of new Set(events.flatMap(({ documentId }) => documentId ?? [])))
      if ((await reader.get(id)) === undefined)
        throw new TandemError('request/not-found', `no document "${id}"`, { id });
  }
  app.post(
    '/events',
    {
      config: { need: 'events', tenancy: 'own' },
      // before a body is read
      onRequest: async () => void sink(),
      schema: {
        summary: 'Keep what people did: searches, impressions, clicks, carts, orders',
        description:
          'Answered when all of them are on disk, or where the service keeps them in a stream, when Redis has taken them all; where one is wrong none is kept.',
        body: eventsBody,
        response: { 200: eventsReply, ...errorReplies },
      },
    },
    async (request, reply) => {
      const { events } = request.body;
      await checkSeen(request, events);
      const now = Date.now();
      await sink().append(events.map(event => rowOf(event, now)));
      return reply.send({ events: events.length });
    },
  );
}
