import type { Rule } from '../../../src/curation/rule.js';
import type { TandemError } from '../../../src/errors/tandem-error.js';
import { createChains } from '../../../src/lexical/analysis-chains.js';
import type { QueryEmbedder } from '../../../src/search/backend.js';
import { boundRules } from '../../../src/search/rule-book.js';
import type { DictionaryWord } from '../../../src/text/dictionary.js';
import type { Cluster } from './cluster.js';
import type { IndexState } from './cluster-parts.js';
import { getMany } from './get-many.js';
import type { IndexMeta } from './mapping.js';
import type { GenerationNames } from './names.js';

/** What people say of the words and the results of an index; it outlives its generations. */
export interface Settings {
  readonly dictionary: readonly DictionaryWord[];
  readonly synonyms: readonly string[];
  readonly rules: readonly Rule[];
}

export type SettingName = keyof Settings;

/** Settings with what is made of them. */
export interface PresentSettings extends IndexState {
  readonly settings: Settings;
}

export interface SettingsSource {
  /** As they are, or were a moment ago where another server has changed them. */
  present(): Promise<PresentSettings>;
  /** Stores one, for searches that begin afterwards. @returns a sign of the writing */
  set<N extends SettingName>(name: N, value: Settings[N]): Promise<string>;
}

const names: readonly SettingName[] = ['dictionary', 'synonyms', 'rules'];

/** The index of the settings: a document for each, as text. */
export const settingsBody = {
  settings: { index: { number_of_shards: 1, auto_expand_replicas: '0-2', hidden: true } },
  mappings: { dynamic: false, properties: { value: { type: 'object', enabled: false } } },
};

/**
 * @param meta    whose synonyms hold until others are set
 * @param keptMs  for which what other servers set may go unnoticed
 */
export function settingsSource(
  cluster: Cluster,
  { settings: index }: GenerationNames,
  meta: Pick<IndexMeta, 'indexing'>,
  embedQuery: QueryEmbedder['embedQuery'] | null,
  keptMs: number,
): SettingsSource {
  let versions = '';
  let known: PresentSettings | undefined;
  let until = 0;
  let reading: Promise<PresentSettings> | undefined;

  const read = async (): Promise<PresentSettings> => {
    const docs = await getMany<{ readonly value?: string }>(cluster, index, names).catch((error: TandemError) => {
      // an index of an alias that somebody else made has none
      if (error.code === 'index/not-found') return [];
      throw error;
    });
    const found = docs.map(({ _id, _version = 0 }) => `${_id} ${_version}`).join();
    if (known === undefined || found !== versions) {
      const value = (name: SettingName): unknown => {
        const text = docs.find(({ _id, found: isThere }) => _id === name && isThere)?._source?.value;
        return text === undefined ? undefined : JSON.parse(text);
      };
      known = stateOf({
        dictionary: (value('dictionary') as readonly DictionaryWord[] | undefined) ?? [],
        synonyms: (value('synonyms') as readonly string[] | undefined) ?? meta.indexing.synonyms,
        rules: (value('rules') as readonly Rule[] | undefined) ?? [],
      });
      versions = found;
    }
    until = performance.now() + keptMs;
    return known;
  };

  const stateOf = (settings: Settings): PresentSettings => {
    const chains = createChains(meta.indexing.language);
    if (settings.dictionary.length > 0) chains.setDictionary(settings.dictionary);
    chains.setSynonyms(settings.synonyms);
    return { settings, chains, rules: boundRules(settings.rules, { analyzer: chains.analyzer, embedQuery }) };
  };

  const refresh = (): Promise<PresentSettings> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  return {
    present: async () => (known !== undefined && performance.now() < until ? known : refresh()),
    set: async (name, value) => {
      const { _version } = await cluster.ask<{ readonly _version: number }>(
        'PUT',
        `/${index}/_doc/${name}`,
        { value: JSON.stringify(value) },
        { query: { refresh: true } },
      );
      await reading;
      await refresh();
      return `${name} ${_version}`;
    },
  };
}
