import type { Channel, Tower } from './channels.js';
import type { ChannelFeatures, Features } from './features.js';

/** What an example has for a channel when its row says nothing: no features, or the row that stands for every unknown country. */
export function defaultFeatures({ kind, table }: Channel): ChannelFeatures {
  if (kind === 'images') return [];
  return table === 'country' ? Int32Array.of(0) : new Int32Array(0);
}

/**
 * An example as if its row said nothing for one channel: the default in the place of its features. Fusion leaves out a channel without any.
 * @param name  a channel of the tower; an example stays as it is where the tower has no such channel
 */
export const withoutChannel = (features: Features, { channels }: Tower, name: string): Features =>
  features.map((own, c) => (channels[c].name === name ? defaultFeatures(channels[c]) : own));
