import type { Logger } from 'pino';
import { createProbes, type ProbedService } from '../../../serving/probes.js';
import { listen } from '../../../serving/server.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { ListeningService, ServeOptions } from './served-app.js';

/** A port for probes and `/metrics`, where there is to be one. */
interface ProbePort {
  readonly url?: string;
  /** says what is probed from now on */
  serve(service: ProbedService): void;
  /** resolves when it is closed */
  readonly closed: Promise<void>;
  end(): Promise<void>;
}

const notReady = async (): Promise<never> => {
  throw new TandemError('server/not-ready', 'the index is being opened');
};

/**
 * Listens for probes. They are answered from the beginning: that the process lives, and that it is not ready until it is.
 * @throws TandemError 'server/port-taken' | 'usage/bad-value'
 */
async function openProbePort(
  { metricsPort: port, metricsHost: host = '127.0.0.1', signal }: ServeOptions,
  logger: Logger,
): Promise<ProbePort> {
  let service: ProbedService = { ready: notReady, metrics: notReady };
  const serve = (next: ProbedService): void => {
    service = next;
  };
  if (port === undefined) return { serve, closed: Promise.resolve(), end: async () => undefined };
  const end = new AbortController();
  const app = await createProbes({ ready: () => service.ready(), metrics: () => service.metrics() }, { logger });
  const release = async (): Promise<void> => undefined;
  const { url, closed } = await listen(app, { host, port, signal: AbortSignal.any([signal, end.signal]), release });
  return {
    ...{ url, serve, closed },
    end: () => {
      end.abort();
      return closed;
    },
  };
}

/** A service that listens, and the port beside it. */
export type ProbedListening = Omit<ListeningService, 'service'> & { readonly metricsUrl?: string };

/**
 * Starts a service behind a port for probes, which ends with it; where the service does not start, so does the port.
 * @throws TandemError 'server/port-taken' | 'usage/bad-value', and what `start` throws
 */
export async function besideProbes(
  options: ServeOptions,
  logger: Logger,
  start: () => Promise<ListeningService>,
): Promise<ProbedListening> {
  const probes = await openProbePort(options, logger);
  try {
    const { service, ...listening } = await start();
    probes.serve(service);
    const closed = Promise.all([listening.closed, probes.closed]).then(() => undefined);
    return { ...listening, closed, ...(probes.url !== undefined && { metricsUrl: probes.url }) };
  } catch (error) {
    await probes.end();
    throw error;
  }
}
