import { TandemError } from '../../src/errors/tandem-error.js';
import type { App, SnapshotAdmin } from '../parts.js';
import { errorReplies, snapshotBody, snapshotsReply, takingReply } from '../schemas.js';
import type { RouteParts } from '../view.js';

/** `/snapshots`: copies of the index as it is at one moment, for keys of the scope admin. */
export function snapshotRoutes(app: App, parts: RouteParts): void {
  const admin = (): SnapshotAdmin => {
    if (parts.snapshots === undefined)
      throw new TandemError('snapshot/no-folder', 'this service was started without a folder for snapshots');
    return parts.snapshots;
  };
  // before a body is read
  const route = { config: { need: 'admin', tenancy: 'closed' }, onRequest: async () => void admin() } as const;
  app.get(
    '/snapshots',
    {
      ...route,
      schema: { summary: 'The snapshots, newest first', response: { 200: snapshotsReply, ...errorReplies } },
    },
    async (_request, reply) => {
      const taking = await admin().snapshotTaking();
      return reply.send({ snapshots: [...(await admin().listSnapshots())], ...(taking && { taking }) });
    },
  );
  app.post(
    '/snapshots',
    {
      ...route,
      schema: {
        summary: 'Begin to copy the index as it is now, while it is searched and written to',
        description: 'Answered when it has begun; `GET /snapshots` tells when it is done.',
        body: snapshotBody,
        response: { 202: takingReply, ...errorReplies },
      },
    },
    async (request, reply) => reply.code(202).send({ taking: await admin().takeSnapshot(request.body.name) }),
  );
}
