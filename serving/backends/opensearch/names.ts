import { TandemError } from '../../../src/errors/tandem-error.js';

/** Names of what an index is in a cluster. */
export interface IndexNames {
  /** leads to the generation that is searched */
  readonly alias: string;
  /** leads to the one that was searched before it */
  readonly previous: string;
  readonly settings: string;
  generation(number: number): string;
  /** matches all generations */
  readonly generations: string;
}

const form = /^[a-z0-9][a-z0-9._-]{0,199}$/;

/** @throws TandemError 'usage/bad-value' for what no index may be called */
export function indexNames(name: string): IndexNames {
  if (!form.test(name))
    throw new TandemError(
      'usage/bad-value',
      `${JSON.stringify(name)}: an index of a cluster is called by lower-case letters, digits, and . _ - behind the first`,
    );
  return {
    alias: name,
    previous: `${name}.previous`,
    settings: `${name}.settings`,
    generation: number => `${name}.generation-${number}`,
    generations: `${name}.generation-*`,
  };
}

/** One generation, as it is read and written whatever the alias leads to meanwhile: a query never meets the documents of another model. */
export interface GenerationNames {
  readonly index: string;
  /** leads to it for as long as the alias does; what is written there is refused once it does not */
  readonly writing: string;
  /** leads to it for as long as `writing` does not: documents are copied into it by this name, so that none comes into being where it is gone */
  readonly filling: string;
  readonly settings: string;
}

export const generationNames = (index: string, { settings }: Pick<IndexNames, 'settings'>): GenerationNames => ({
  index,
  writing: `${index}.active`,
  filling: `${index}.building`,
  settings,
});

export const generationNumber = (index: string): number => Number(/\.generation-(\d+)$/.exec(index)?.[1] ?? Number.NaN);

/** What a field of a mapping can be called for any path of an attribute; different paths have different names. */
export const fieldName = (path: string): string =>
  path === '' ? '~' : path.replace(/[^A-Za-z0-9_-]/gu, sign => `~${(sign.codePointAt(0) ?? 0).toString(36)}~`);

/** What stands between tokens, puts several at one position, or marks what is written so. */
const signs = /[\s\p{Cc}%|]/gu;

/** A position without a token. */
export const gap = '.';

/** A term as it stands between spaces. */
export const writtenTerm = (term: string): string =>
  term === gap ? '%2e' : term.replace(signs, sign => `%${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
