import { path, wholeNumber } from '../../flags.js';

export const indexFlag = { index: { value: 'INDEX', help: 'folder of the index', schema: path } } as const;

/** Which generation; without both the only one that is not active. */
export const choiceFlags = {
  generation: {
    value: 'N',
    help: 'its number (default: the only one that is not active)',
    schema: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
  },
  model: {
    value: 'MODEL',
    help: 'folder of the model that it was made with, in place of its number',
    schema: path.optional(),
  },
} as const;
