import type { TextEncoderConfig, TowersConfig } from '../src/config/towers.js';

export type TowerName = 'query' | 'document';

/** Tables of embeddings, shared by both towers. A position table belongs to a text encoder: to the shared one, or to that of one tower. */
export type TableName = 'trigram' | 'word' | 'country' | 'token' | PositionTable;
export type PositionTable = 'position' | 'query.position' | 'document.position';

/** What of a row a channel reads. */
export type ChannelSource = 'text' | 'title' | 'description' | 'country';

/**
 * One input of a tower. bag: rows of `table` are summed over the features and divided by sqrt(n).
 * text: rows of `token` are encoded by the tower's transformer and pooled.
 */
export interface Channel {
  readonly name: string;
  readonly kind: 'bag' | 'text';
  readonly table: TableName;
  readonly source: ChannelSource;
}

const bag = (name: string, table: TableName, source: ChannelSource): Channel => ({ name, kind: 'bag', table, source });
const text = (name: string, source: ChannelSource): Channel => ({ name, kind: 'text', table: 'token', source });

const known: Readonly<Record<string, Channel>> = {
  trigram: bag('trigram', 'trigram', 'text'),
  word: bag('word', 'word', 'text'),
  text: text('text', 'text'),
  titleTrigram: bag('titleTrigram', 'trigram', 'title'),
  titleWord: bag('titleWord', 'word', 'title'),
  descriptionTrigram: bag('descriptionTrigram', 'trigram', 'description'),
  descriptionWord: bag('descriptionWord', 'word', 'description'),
  title: text('title', 'title'),
  description: text('description', 'description'),
  country: bag('country', 'country', 'country'),
};

/** A tower as a list of channels and its text encoder. */
export interface Tower {
  readonly name: TowerName;
  readonly channels: readonly Channel[];
  readonly fusion: TowersConfig['fusion'];
  /** D */
  readonly embeddingWidth: number;
  readonly encoder: Encoder;
}

/** The transformer of one tower's text channels. */
export interface Encoder {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** columns of the hidden layer of the feed-forward part */
  readonly feedForward: number;
  readonly pooling: TextEncoderConfig['pooling'];
  readonly dropout: number;
  readonly epsilon: number;
  readonly activation: TextEncoderConfig['activation'];
  /** layer norm over the embeddings, before the first layer */
  readonly embeddingNorm: boolean;
  /** its parameters are named `${prefix}.*`; both towers name the same ones where the encoder is shared */
  readonly prefix: string;
  readonly positions: PositionTable;
  /** written before every text */
  readonly textPrefix: string;
}

/** The two towers that a configuration describes. */
export function createTowers(towers: TowersConfig, encoder: TextEncoderConfig): Record<TowerName, Tower> {
  const tower = (name: TowerName, channels: readonly string[], layers: number): Tower => ({
    name,
    channels: channels.map(channel => known[channel]),
    fusion: towers.fusion,
    embeddingWidth: towers.fusion === 'none' ? encoder.width : towers.embeddingWidth,
    encoder: {
      layers,
      width: encoder.width,
      heads: encoder.heads,
      feedForward: Math.round(encoder.width * encoder.feedForward),
      pooling: encoder.pooling,
      dropout: encoder.dropout,
      epsilon: encoder.epsilon,
      activation: encoder.activation,
      embeddingNorm: encoder.embeddingNorm,
      prefix: encoder.shared ? 'encoder' : `${name}.encoder`,
      positions: encoder.shared ? 'position' : `${name}.position`,
      textPrefix: name === 'query' ? encoder.queryPrefix : encoder.documentPrefix,
    },
  });
  return {
    query: tower('query', towers.query, encoder.queryLayers),
    document: tower('document', towers.document, encoder.documentLayers),
  };
}

export const hasText = (tower: Tower): boolean => tower.channels.some(channel => channel.kind === 'text');
