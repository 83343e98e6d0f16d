import type { Rule } from '../../../src/curation/rule.js';
import type { TandemError } from '../../../src/errors/tandem-error.js';
import { type AnalysisChains, createChains } from '../../../src/lexical/analysis-chains.js';
import type { OpenPairScorer } from '../../../src/ranking/learned/deep-ranker.js';
import type { QueryEmbedder } from '../../../src/search/backend.js';
import { type IndexRanker, readyRanker } from '../../../src/search/index-ranker.js';
import { boundRules } from '../../../src/search/rule-book.js';
import { type TunedSettings, withSettings } from '../../../src/search/search-settings.js';
import type { DictionaryWord } from '../../../src/text/dictionary.js';
import { type Choices, choicesId, readChoices, readRankerText } from './choices.js';
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
  /** what golden queries said of how broadly it is searched; absent where that was not tuned on any */
  readonly golden?: TunedSettings;
}

export interface SettingsSource {
  /** As they are, or were a moment ago where another server has changed them. */
  present(): Promise<PresentSettings>;
  /** Stores one, for searches that begin afterwards. @returns a sign of the writing */
  set<N extends SettingName>(name: N, value: Settings[N]): Promise<string>;
  /** Ends what the ranker runs on. */
  close(): Promise<void>;
}

export interface SettingsSourceOptions {
  readonly cluster: Cluster;
  readonly names: GenerationNames;
  /** whose synonyms and weights hold until others are set */
  readonly meta: Pick<IndexMeta, 'indexing' | 'fusionClasses' | 'created'>;
  readonly embedQuery: QueryEmbedder['embedQuery'] | null;
  /** runs the network of a ranker that has one; without it its trees rank alone */
  readonly openScorer?: OpenPairScorer;
  /** for which what other servers set may go unnoticed */
  readonly keptMs: number;
}

const settingNames: readonly SettingName[] = ['dictionary', 'synonyms', 'rules'];

/** The index of the settings: a document for each, as text. */
export const settingsBody = {
  settings: { index: { number_of_shards: 1, auto_expand_replicas: '0-2', hidden: true } },
  mappings: { dynamic: false, properties: { value: { type: 'object', enabled: false } } },
};

/** The analysis of an index with the words that are set at the moment. */
export async function presentChains(
  cluster: Cluster,
  names: GenerationNames,
  meta: SettingsSourceOptions['meta'],
): Promise<AnalysisChains> {
  return (await settingsSource({ cluster, names, meta, embedQuery: null, keptMs: 0 }).present()).chains;
}

/** What searches that began with a ranker are answered by then, milliseconds. */
const answeredBy = 60_000;

export function settingsSource(options: SettingsSourceOptions): SettingsSource {
  const { cluster, names, meta, embedQuery, openScorer, keptMs } = options;
  const index = names.settings;
  let versions = '';
  let known: PresentSettings | undefined;
  let until = 0;
  let reading: Promise<PresentSettings> | undefined;
  let ranked: { readonly sha256?: string; readonly ranker: IndexRanker | null } = { ranker: null };

  const read = async (): Promise<PresentSettings> => {
    const ids = [...settingNames, choicesId(names.index)];
    const docs = await getMany<{ readonly value?: string }>(cluster, index, ids).catch((error: TandemError) => {
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
      const kept = docs.find(({ _id }) => _id === choicesId(names.index));
      known = await stateOf(
        {
          dictionary: (value('dictionary') as readonly DictionaryWord[] | undefined) ?? [],
          synonyms: (value('synonyms') as readonly string[] | undefined) ?? meta.indexing.synonyms,
          rules: (value('rules') as readonly Rule[] | undefined) ?? [],
        },
        readChoices(names.index, meta, kept),
      );
      versions = found;
    }
    until = performance.now() + keptMs;
    return known;
  };

  const stateOf = async (settings: Settings, choices: Choices): Promise<PresentSettings> => {
    const chains = createChains(meta.indexing.language);
    if (settings.dictionary.length > 0) chains.setDictionary(settings.dictionary);
    chains.setSynonyms(settings.synonyms);
    const rules = boundRules(settings.rules, { analyzer: chains.analyzer, embedQuery });
    const { fusionWeight = meta.indexing.fusionWeight, fusionClasses = meta.fusionClasses } = choices;
    const weighed = { indexing: { ...meta.indexing, fusionWeight }, ...(fusionClasses && { fusionClasses }) };
    const manifest = choices.settings === undefined ? weighed : withSettings(weighed, choices.settings);
    const { golden } = choices;
    return { settings, chains, rules, manifest, ...(golden && { golden }), ranker: await rankerOf(choices) };
  };

  const rankerOf = async ({ ranker: sha256 }: Choices): Promise<IndexRanker | null> => {
    if (sha256 === ranked.sha256) return ranked.ranker;
    const before = ranked.ranker;
    const ranker =
      sha256 === undefined
        ? null
        : await readyRanker(`${index} ranker`, await readRankerText(cluster, names, sha256), openScorer);
    ranked = { sha256, ranker };
    if (before?.deep !== undefined) setTimeout(() => void before.deep?.close(), answeredBy).unref();
    return ranker;
  };

  const refresh = (): Promise<PresentSettings> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  return {
    present: async () => {
      const now = performance.now();
      if (known === undefined || now >= until) return refresh();
      // whoever asks again and again never waits for it
      if (now >= until - keptMs / 2) void refresh().catch(() => undefined);
      return known;
    },
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
    close: async () => {
      await reading?.catch(() => undefined);
      await ranked.ranker?.deep?.close();
    },
  };
}
