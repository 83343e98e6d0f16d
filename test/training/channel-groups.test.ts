import { describe, expect, it } from 'vitest';
import { channelGroups, reduceCorpus } from '../../training/channel-groups.js';
import { createCorpus } from '../../training/corpus.js';
import { makeData, smallConfig } from './fixture.js';

const both = ['trigram', 'word', 'country', 'titleTrigram', 'titleWord'];
const towers = { query: ['trigram', 'word', 'country'], document: ['titleTrigram', 'titleWord'] };

describe('channelGroups', () => {
  it('are the kinds of channels of a tower that has two, and all together', () => {
    expect(channelGroups(smallConfig({ towers }))).toEqual([
      { tower: 'query', channels: ['trigram', 'word'] },
      { tower: 'query', channels: ['country'] },
      { tower: 'both', channels: both },
    ]);
    const document = ['titleWord', 'title', 'descriptionWord', 'country', 'description'];
    expect(channelGroups(smallConfig({ towers: { query: ['word'], document } })).slice(0, -1)).toEqual([
      { tower: 'document', channels: ['titleWord', 'descriptionWord'] },
      { tower: 'document', channels: ['title', 'description'] },
      { tower: 'document', channels: ['country'] },
    ]);
  });

  it('are those that the configuration names, of the channels that are there, in their order', () => {
    const document = [
      { channels: ['titleWord', 'titleTrigram'], weight: 1 },
      { channels: ['description'], weight: 1 },
      { channels: ['country', 'titleWord'], weight: 1 },
    ];
    const config = smallConfig({ towers, training: { gradientBlending: { document } } });
    expect(channelGroups(config)).toEqual([
      { tower: 'query', channels: ['trigram', 'word'] },
      { tower: 'query', channels: ['country'] },
      { tower: 'document', channels: ['titleTrigram', 'titleWord'] },
      { tower: 'document', channels: ['titleWord'] },
      { tower: 'both', channels: both },
    ]);
  });

  it('are refused where there are none', () => {
    expect(() => channelGroups(smallConfig())).toThrow(expect.objectContaining({ code: 'config/bad-value' }));
  });
});

describe('reduceCorpus', () => {
  it('gives the features that towers of these channels alone would have', async () => {
    const data = makeData({ documents: 12, descriptions: true });
    const whole = await createCorpus(smallConfig(), data);
    const query = ['word'] as const;
    const document = ['titleWord', 'descriptionTrigram'] as const;
    const reducedQuery = reduceCorpus(whole, { tower: 'query', channels: query });
    const reducedDocument = reduceCorpus(whole, { tower: 'document', channels: document });
    const own = await createCorpus(smallConfig({ towers: { query, document } }), data);
    expect(reducedQuery.queryFeatures({ text: 'red hammer' })).toEqual(own.queryFeatures({ text: 'red hammer' }));
    expect(reducedQuery.documents).toBe(whole.documents);
    expect(reducedQuery.config.towers).toMatchObject({ query, document: whole.config.towers.document });
    expect(reducedDocument.documents).toEqual(own.documents);
    expect(reducedDocument.config.towers).toMatchObject({ document, query: whole.config.towers.query });
    expect(reduceCorpus(whole, { tower: 'both', channels: [] })).toBe(whole);
  });
});
