import { defineCommand } from '../../command.js';
import { keysFlag } from './flags.js';

export const keyListCommand = defineCommand({
  name: 'key list',
  summary: 'Show the keys of a file: names, scopes, limits and filters. The keys themselves are in no file.',
  example: 'tandem key list --keys keys.json',
  flags: keysFlag,
  run: async ({ keys: file }) => {
    const [{ listKeysOf }, { formatKeys }] = await Promise.all([
      import('../../../api/keys/keys.js'),
      import('../../format-keys.js'),
    ]);
    const keys = await listKeysOf(file);
    return { json: { file, keys }, text: formatKeys(keys) };
  },
});
