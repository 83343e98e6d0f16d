import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { quantile } from '../measure.js';

/**
 * Loads a service, in a process of its own: a JSON line says how, a JSON line tells what came of it. Each connection asks its next question when the one before is
 * answered. HTTP is written and read by hand, so that of the cores that both share little goes to the one that asks.
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

const headEnd = Buffer.from('\r\n\r\n');

/** Asks on one connection until the time is up. */
function askOn(port: number, next: () => Buffer | undefined, load: Load): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let started = 0;
    let received: Buffer = Buffer.alloc(0);
    let length = -1;
    const ask = (): void => {
      const request = next();
      if (request === undefined) {
        socket.end();
        resolve();
        return;
      }
      started = performance.now();
      socket.write(request);
    };
    socket.on('connect', ask);
    socket.on('error', reject);
    socket.on('data', chunk => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (length < 0) {
        const end = received.indexOf(headEnd);
        if (end < 0) return;
        const head = received.toString('latin1', 0, end);
        const bytes = /^content-length: (\d+)/im.exec(head);
        if (bytes === null) return reject(new Error(`no content-length in ${head}`));
        length = end + headEnd.length + Number(bytes[1]);
        if (!head.startsWith('HTTP/1.1 200')) load.failed++;
      }
      if (received.length < length) return;
      load.milliseconds.push(performance.now() - started);
      received = received.subarray(length);
      length = -1;
      ask();
    });
  });
}

async function run({ port, path, bodies, connections, seconds }: Command): Promise<Record<string, number>> {
  const requests = z
    .array(z.string())
    .parse(JSON.parse(readFileSync(bodies, 'utf8')))
    .map(body =>
      Buffer.from(
        `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      ),
    );
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
