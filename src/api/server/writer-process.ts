import type { GenerationAdmin } from '../../../serving/parts.js';
import { openCalls } from '../../../serving/processes/calls.js';
import { generationsBy, sendWrites, type WriteCalls, type WriterCalls } from '../../../serving/processes/roles.js';
import { parentChannel } from '../../../serving/processes/this-process.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { WritableIndex } from '../../search/writable-index.js';
import { generationAdmin } from '../generations/admin-generations.js';
import { loggerOf, openToWrite, type ProcessOptions, type Served, tellMissingGraph } from './served-app.js';

interface Open {
  readonly served: Served<WritableIndex>;
  readonly writes: WriteCalls;
  readonly generations: GenerationAdmin;
}

let open: Open | undefined;
const end = new AbortController();

const opened = (): Open => {
  if (open === undefined) throw new TandemError('server/not-ready', 'the index is not open yet');
  return open;
};

const calls: WriterCalls<ProcessOptions> = {
  open: async options => {
    const logger = loggerOf(options);
    const served = await openToWrite(options.index, logger);
    tellMissingGraph(served, logger);
    const { index } = served.search;
    open = { served, writes: sendWrites(index), generations: generationAdmin(options.index, index, end.signal) };
  },
  write: async (...asked) => opened().writes.write(...asked),
  writeEach: async (...asked) => opened().writes.writeEach(...asked),
  deleteMatching: async (...asked) => opened().writes.deleteMatching(...asked),
  setDictionary: async words => opened().writes.setDictionary(words),
  setSynonyms: async rules => opened().writes.setSynonyms(rules),
  unsaved: async () => opened().served.search.index.figures().unsaved ?? 0,
  ...generationsBy(() => opened().generations),
  close: async () => {
    end.abort();
    await open?.served.search.close();
  },
};

openCalls<Record<never, never>, WriterCalls<ProcessOptions>>(parentChannel(), calls);
