import type { Config } from '../src/config/schema.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { Corpus } from './corpus.js';

/** Channels that are trained by themselves: of one tower, while the other stays whole. `both` = all channels of both towers. */
export interface TrainedGroup {
  readonly tower: 'query' | 'document' | 'both';
  readonly channels: readonly string[];
}

/** What a channel tells: those of one kind are one modality. */
function kindOf(channel: string): string {
  if (channel === 'country' || channel === 'image') return channel;
  if (channel.startsWith('attribute.')) return 'attributes';
  return /(?:trigram|word)$/i.test(channel) ? 'words' : 'text';
}

/**
 * Groups whose blending weights are wanted: those that the configuration names, of the tower's channels that are there; for a tower of
 * which it names none, a group for each kind of channel (trigrams and words, text, country, image, attributes) if there are two.
 * @returns query groups, document groups, then all channels together
 * @throws TandemError 'config/bad-value' when neither tower has a group
 */
export function channelGroups({ towers, training }: Config): TrainedGroup[] {
  const groups = (['query', 'document'] as const).flatMap((tower): TrainedGroup[] => {
    const there: readonly string[] = towers[tower];
    const named = training.gradientBlending[tower].map(({ channels }) => channels as readonly string[]);
    const kinds = [...new Set(there.map(kindOf))].map(kind => there.filter(channel => kindOf(channel) === kind));
    const wanted = named.length > 0 ? named : kinds.length > 1 ? kinds : [];
    return wanted
      .map(channels => ({ tower, channels: there.filter(channel => channels.includes(channel)) }))
      .filter(({ channels }) => channels.length > 0);
  });
  if (groups.length === 0) {
    const message =
      'training.gradientBlending: no tower has channels of two kinds; name groups of channels in training.gradientBlending.query or .document';
    throw new TandemError('config/bad-value', message, { key: 'training.gradientBlending' });
  }
  return [...groups, { tower: 'both', channels: [...towers.query, ...towers.document] }];
}

/** The same data for a tower reduced to a group of its channels. @param channels  in the order of the tower */
export function reduceCorpus(corpus: Corpus, { tower, channels }: TrainedGroup): Corpus {
  if (tower === 'both') return corpus;
  const all: readonly string[] = corpus.config.towers[tower];
  const kept = channels.map(channel => all.indexOf(channel));
  const config = { ...corpus.config, towers: { ...corpus.config.towers, [tower]: channels } };
  return tower === 'query'
    ? {
        ...corpus,
        config,
        queryFeatures: row => {
          const features = corpus.queryFeatures(row);
          return kept.map(c => features[c]);
        },
      }
    : { ...corpus, config, documents: corpus.documents.map(features => kept.map(c => features[c])) };
}
