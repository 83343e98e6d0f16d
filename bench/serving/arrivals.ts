import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { arrive, ConnectionPool, type Due } from './open-arrivals.js';
import { rawRequest } from './raw-http.js';

/**
 * Loads a service with reads and writes, in a process of its own: a JSON line says how, a JSON line tells what came of it. Of a document only one write is on its
 * way at a time, so that the last one that was acknowledged is the one that must be there.
 */
const commandSchema = z.strictObject({
  port: z.int(),
  rate: z.number().optional(),
  seconds: z.number(),
  connections: z.int().min(1),
  lateMs: z.number(),
});
const requestsSchema = z.strictObject({
  reads: z.array(z.strictObject({ method: z.string(), path: z.string(), body: z.string().optional() })).min(1),
  documents: z.array(z.strictObject({ id: z.string(), title: z.string() })).min(1),
  /** every so many requests one writes */
  writeEvery: z.int().min(2),
});

const { reads, documents, writeEvery } = requestsSchema.parse(JSON.parse(readFileSync(process.argv[2], 'utf8')));
const requests = reads.map(rawRequest);
const pools = new Map<number, ConnectionPool>();
const onTheirWay = new Set<string>();
/** editions that were acknowledged, by id */
const acknowledged = new Map<string, number>();
let [asked, written] = [0, 0];

/** The next document of which no write is on its way. */
function nextWrite(): Due {
  let document = documents[written % documents.length];
  while (onTheirWay.has(document.id)) document = documents[++written % documents.length];
  const { id, title } = document;
  const edition = ++written;
  onTheirWay.add(id);
  return {
    bytes: rawRequest({
      method: 'PUT',
      path: `/documents/${encodeURIComponent(id)}`,
      body: JSON.stringify({ title: `${title} ${edition % 97}`, edition }),
    }),
    ended: answer => {
      onTheirWay.delete(id);
      if (answer !== undefined && answer.status < 300) acknowledged.set(id, edition);
    },
  };
}

const next = (): Due =>
  ++asked % writeEvery === 0
    ? nextWrite()
    : { bytes: requests[(asked - Math.floor(asked / writeEvery)) % requests.length] };

process.stdout.write(`${JSON.stringify({ ready: true, version: process.versions.node })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const { port, ...how } = commandSchema.parse(JSON.parse(line));
  const pool = pools.get(port) ?? new ConnectionPool(port);
  pools.set(port, pool);
  const told = await arrive(pool, { ...how, next });
  process.stdout.write(`${JSON.stringify({ ...told, acknowledged: Object.fromEntries(acknowledged) })}\n`);
}
for (const pool of pools.values()) pool.end();
