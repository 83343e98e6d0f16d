import { openCalls } from '../../../serving/workers/calls.js';
import { sendWrites, type WriteCalls, type WriterCalls } from '../../../serving/workers/roles.js';
import { parentChannel } from '../../../serving/workers/this-process.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { WritableIndex } from '../../search/writable-index.js';
import { loggerOf, openToWrite, type ProcessOptions, type Served, tellMissingGraph } from './served-app.js';

let open: { readonly served: Served<WritableIndex>; readonly writes: WriteCalls } | undefined;

const opened = (): WriteCalls => {
  if (open === undefined) throw new TandemError('server/not-ready', 'the index is not open yet');
  return open.writes;
};

const calls: WriterCalls<ProcessOptions> = {
  open: async options => {
    const logger = loggerOf(options);
    const served = await openToWrite(options.index, logger);
    tellMissingGraph(served, logger);
    open = { served, writes: sendWrites(served.search.index) };
  },
  write: async changes => opened().write(changes),
  writeEach: async changes => opened().writeEach(changes),
  setDictionary: async words => opened().setDictionary(words),
  close: async () => {
    await open?.served.search.close();
  },
};

openCalls<Record<never, never>, WriterCalls<ProcessOptions>>(parentChannel(), calls);
