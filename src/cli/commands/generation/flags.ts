import { backendFlags, path, wholeNumber } from '../../flags.js';

export const indexFlag = {
  index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path },
  ...backendFlags,
} as const;

/** How the same index is named to another command. */
export const saidAgain = (index: string, { url }: { readonly url?: readonly string[] }): string =>
  url === undefined ? `--index ${index}` : `--backend opensearch --url ${url.join(',')} --index ${index}`;

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

/** Of an index of a cluster, whose models lie beside it. */
export const modelFlag = {
  model: {
    value: 'MODEL',
    help: 'with --backend opensearch: folder of the model of that generation; needed where documents were written since',
    schema: path.optional(),
  },
} as const;
