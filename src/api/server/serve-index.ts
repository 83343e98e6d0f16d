import { type Listening, listen } from '../../../serving/server.js';
import { generationAdmin } from '../generations/admin-generations.js';
import {
  checkAccess,
  loggerOf,
  openAccess,
  openToRead,
  openToWrite,
  type ServeOptions,
  serveApp,
  tellMissingGraph,
} from './served-app.js';

/** Opens an index and serves it until the signal. @throws TandemError 'index/*', 'model/*', 'server/port-taken' */
export async function serveIndex(options: ServeOptions): Promise<Listening> {
  const { index, host, port, signal, building, workers = 1 } = options;
  if (workers > 1) return (await import('./keep-processes.js')).serveByProcesses(options, workers);
  const logger = loggerOf(options);
  await checkAccess(options);
  const writable = options.writable ? await openToWrite(index, logger) : undefined;
  const served = writable ?? (await openToRead(index, logger));
  tellMissingGraph(served, logger);
  const writing = writable?.search.index;
  const generations = writing && generationAdmin(index, writing, signal);
  const { access, reread, close } = await openAccess(options, logger);
  const app = await serveApp(served, options, logger, { writing, generations, building, access });
  const release = async (): Promise<void> => {
    close();
    await served.search.close();
  };
  return { ...(await listen(app, { host, port, signal, release })), reread };
}
