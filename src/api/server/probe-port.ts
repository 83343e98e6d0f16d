import type { Logger } from 'pino';
import { createProbes, type ProbedService } from '../../../serving/probes.js';
import { listen } from '../../../serving/server.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { ServeOptions } from './served-app.js';

/** A port for probes and `/metrics`, where there is to be one. */
export interface ProbePort {
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
export async function openProbePort(
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
