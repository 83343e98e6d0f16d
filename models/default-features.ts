import type { Channel, Tower } from './channels.js';
import type { ChannelFeatures, Features } from './features.js';

/** What an example has for a channel when its row says nothing: no features, or the row that stands for every unknown country. */
function defaultFeatures({ kind, table }: Channel): ChannelFeatures {
  if (kind === 'images') return [];
  return table === 'country' ? Int32Array.of(0) : new Int32Array(0);
}

/**
 * An example as if its row said nothing for one channel: the default in the place of its features. Fusion leaves out a channel without any.
 * @param name  a channel of the tower
 * @returns the very same object where that is so already
 */
export function withoutChannel(features: Features, { channels }: Tower, name: string): Features {
  const c = channels.findIndex(channel => channel.name === name);
  if (c < 0) return features;
  const [own, none] = [features[c], defaultFeatures(channels[c])];
  const same = own.length === none.length && own.every((feature, i) => feature === none[i]);
  return same ? features : features.with(c, none);
}
