import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Hands requests on to a node, and keeps what was asked. */
export interface Relay {
  readonly url: string;
  /** bodies of the requests, in their order */
  readonly bodies: string[];
  close(): Promise<void>;
}

export async function startRelay(target: string): Promise<Relay> {
  const bodies: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', part => parts.push(part));
    incoming.on('end', () => {
      const body = Buffer.concat(parts);
      bodies.push(body.toString());
      const { method, headers } = incoming;
      const onward = request(new URL(incoming.url ?? '/', target), { method, headers }, reply => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
