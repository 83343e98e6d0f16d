import { z } from 'zod';
import { defineCommand } from '../../command.js';
import { keysFlag } from './flags.js';

export const keyRevokeCommand = defineCommand({
  name: 'key revoke',
  summary: 'Take a key out of a file; services that read it refuse the key within a second.',
  example: 'tandem key revoke --keys keys.json --key shop',
  flags: {
    ...keysFlag,
    key: { value: 'ID', help: 'its id, or its name', schema: z.string().min(1, 'expected an id or a name') },
  },
  run: async ({ keys: file, key }) => {
    const { revokeKeyOf } = await import('../../../api/keys/keys.js');
    const { id, name } = await revokeKeyOf(file, key);
    return { json: { file, id, name }, text: `${file}: the key "${name}" (${id}) is gone` };
  },
});
