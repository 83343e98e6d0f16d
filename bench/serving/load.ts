import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { quantile } from '../measure.js';
import { openConnection, rawRequest } from './raw-http.js';

/**
 * Loads a service, in a process of its own: a JSON line says how, a JSON line tells what came of it. Each connection asks its next question when the one before is
 * answered.
 */
const commandSchema = z.strictObject({
  port: z.int(),
  path: z.string(),
  /** file with a JSON list of bodies, which are asked in turns */
  bodies: z.string(),
  connections: z.int().min(1),
  seconds: z.number(),
});
type Command = z.output<typeof commandSchema>;

interface Load {
  readonly milliseconds: number[];
  failed: number;
}

/** Asks on one connection until the time is up. */
function askOn(port: number, next: () => Buffer | undefined, load: Load): Promise<void> {
  return new Promise((resolve, reject) => {
    let started = 0;
    const ask = (): void => {
      const request = next();
      if (request === undefined) connection.end();
      else {
        started = performance.now();
        connection.ask(request);
      }
    };
    const connection = openConnection(port, {
      opened: ask,
      answered: ({ status }) => {
        if (status !== 200) load.failed++;
        load.milliseconds.push(performance.now() - started);
        ask();
      },
      closed: error => (error === undefined ? resolve() : reject(error)),
    });
  });
}

async function run({ port, path, bodies, connections, seconds }: Command): Promise<Record<string, number>> {
  const requests = z
    .array(z.string())
    .parse(JSON.parse(readFileSync(bodies, 'utf8')))
    .map(body => rawRequest({ method: 'POST', path, body }));
  const load: Load = { milliseconds: [], failed: 0 };
  const started = performance.now();
  let asked = 0;
  const next = (): Buffer | undefined =>
    performance.now() - started > seconds * 1000 ? undefined : requests[asked++ % requests.length];
  await Promise.all(Array.from({ length: connections }, () => askOn(port, next, load)));
  const passed = (performance.now() - started) / 1000;
  const { milliseconds, failed } = load;
  return {
    answers: milliseconds.length,
    failed,
    seconds: passed,
    p50Ms: quantile(milliseconds, 0.5),
    p99Ms: quantile(milliseconds, 0.99),
  };
}

process.stdout.write(`${JSON.stringify({ ready: true, version: process.versions.node })}\n`);
for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await run(commandSchema.parse(JSON.parse(line))))}\n`);
