import { attributeOf, type TextEncoderConfig, type TowersConfig } from '../src/config/towers.js';

export type TowerName = 'query' | 'document';

/** Tables of embeddings, shared by both towers. A position table belongs to a text encoder: to the shared one, or to that of one tower. */
export type TableName = 'trigram' | 'word' | 'country' | 'attribute' | 'token' | PositionTable;
export type PositionTable = 'position' | 'query.position' | 'document.position';

/** What of a row a channel reads that has a name of its own. */
export type ChannelSource = 'text' | 'title' | 'description' | 'country';

/** Rows of `table` are summed over the features and divided by sqrt(n). */
export type BagChannel =
  | {
      readonly name: string;
      readonly kind: 'bag';
      readonly table: 'trigram' | 'word' | 'country';
      readonly source: ChannelSource;
    }
  | {
      readonly name: string;
      readonly kind: 'bag';
      readonly table: 'attribute';
      /** field of the document rows */
      readonly source: { readonly attribute: string };
    };

/** Rows of `token` are encoded by the tower's transformer and pooled. */
export interface TextChannel {
  readonly name: string;
  readonly kind: 'text';
  readonly table: 'token';
  /** one of its own, or several fields in a template; see documentText */
  readonly source: ChannelSource | { readonly template: string };
}

/** A set of vectors that were made elsewhere, and so no table; see deepSets. */
export interface ImageChannel {
  readonly name: string;
  readonly kind: 'images';
  readonly table?: undefined;
}

/** One input of a tower. */
export type Channel = BagChannel | TextChannel | ImageChannel;

const bag = (name: string, table: 'trigram' | 'word' | 'country', source: ChannelSource): Channel => ({
  name,
  kind: 'bag',
  table,
  source,
});
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
  image: { name: 'image', kind: 'images' },
};

/** The channel of a name that the configuration allows. @param template  what `text` reads of a document */
function channelOf(name: string, template: string | undefined): Channel {
  const attribute = attributeOf(name);
  if (attribute !== undefined) return { name, kind: 'bag', table: 'attribute', source: { attribute } };
  if (name === 'text' && template !== undefined) return { name, kind: 'text', table: 'token', source: { template } };
  return known[name];
}

/** A tower as a list of channels and its text encoder. */
export interface Tower {
  readonly name: TowerName;
  readonly channels: readonly Channel[];
  readonly fusion: TowersConfig['fusion'];
  /** D */
  readonly embeddingWidth: number;
  readonly encoder: Encoder;
  readonly image: ImageShape;
}

/** Widths of the channel `image`. */
export interface ImageShape {
  /** W, numbers of an image vector; 0 where there are none */
  readonly width: number;
  /** H, columns of the hidden layers */
  readonly hidden: number;
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
  readonly lowerCase: boolean;
  /** first tokens of a text that the mean leaves out */
  readonly unpooled: number;
}

/**
 * The two towers that a configuration describes.
 * @param imageWidth  numbers of an image vector, where the document tower reads images
 */
export function createTowers(
  towers: TowersConfig,
  encoder: TextEncoderConfig,
  imageWidth = 0,
): Record<TowerName, Tower> {
  const tower = (name: TowerName, channels: readonly string[], layers: number): Tower => ({
    name,
    channels: channels.map(each => channelOf(each, name === 'document' ? towers.documentText : undefined)),
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
      lowerCase: encoder.lowerCase,
      unpooled: name === 'query' ? encoder.unpooledQueryTokens : encoder.unpooledDocumentTokens,
    },
    image: { width: imageWidth, hidden: towers.image.hidden },
  });
  return {
    query: tower('query', towers.query, encoder.queryLayers),
    document: tower('document', towers.document, encoder.documentLayers),
  };
}

export const hasText = (tower: Tower): boolean => tower.channels.some(channel => channel.kind === 'text');

export const hasImages = (tower: Tower): boolean => tower.channels.some(channel => channel.kind === 'images');
