import { describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { seededRandom } from '../../src/math/random.js';
import { createCorpus, stepSeed, usableChannels } from '../../training/corpus.js';
import { fieldChannels, fixtureImages, makeData, smallConfig, textConfig } from './fixture.js';

type Fields = Readonly<Record<string, unknown>> & Partial<DocumentRow> & { readonly title: string };

const withDocuments = (documents: readonly Fields[]) => ({
  ...makeData({ validation: false }),
  documents: documents.map((row, i): DocumentRow => ({ id: `d${i}`, ...row })),
  pairs: [],
});

const everyChannel = smallConfig({
  towers: {
    query: ['trigram', 'country'],
    document: ['titleTrigram', 'titleWord', 'title', 'descriptionWord', 'description', 'country'],
  },
});

describe('usableChannels', () => {
  it('keeps all where every field stands somewhere', () => {
    const data = withDocuments([{ title: 'a lamp' }, { title: '', description: 'a tap', country: 'de' }]);
    expect(usableChannels(everyChannel, data)).toEqual({ config: everyChannel, dropped: [] });
  });

  it('drops, in both towers, what no row has anything for', () => {
    const { config, dropped } = usableChannels(everyChannel, withDocuments([{ title: 'a lamp', description: '' }]));
    expect(config.towers.query).toEqual(['trigram']);
    expect(config.towers.document).toEqual(['titleTrigram', 'titleWord', 'title']);
    const left = ['query.country', 'document.descriptionWord', 'document.description', 'document.country'];
    expect(dropped).toEqual(left);
  });

  it('drops the title where only descriptions are given', () => {
    const data = withDocuments([{ title: '', description: 'a lamp' }]);
    expect(usableChannels(everyChannel, data).config.towers.document).toEqual(['descriptionWord', 'description']);
  });

  it('takes the country of pairs for a reason to keep the channel', () => {
    const data = {
      ...withDocuments([{ title: 'lamp' }]),
      pairs: [{ query: 'q', country: 'de', document: 0, weight: 1 }],
    };
    expect(usableChannels(everyChannel, data).config.towers.query).toEqual(['trigram', 'country']);
  });

  it('drops images without vectors, and attributes that no document has a value of', () => {
    const document = ['titleWord', 'image', 'attribute.price', 'attribute.brand', 'attribute.size'];
    const config = smallConfig({ towers: { document, image: { limit: 2 } } });
    const rows = [
      { title: 'lamp', images: ['a 3', 'b 3', 'c 1'], price: 3 },
      { title: 'tap', brand: '', size: [] },
    ];
    const data = withDocuments(rows);
    const left = ['document.attribute.brand', 'document.attribute.size'];
    expect(usableChannels(config, data).dropped).toEqual(['document.image', ...left]);
    // the first two images, all that are looked at, cannot be read
    expect(usableChannels(config, data, fixtureImages).dropped).toEqual(['document.image', ...left]);
    const more = withDocuments([...rows, { title: 'sink', images: ['a 1'] }]);
    const { config: kept, dropped } = usableChannels(config, more, fixtureImages);
    expect(dropped).toEqual(left);
    expect(kept.towers.document).toEqual(['titleWord', 'image', 'attribute.price']);
  });

  it('leaves out the losses of channels that are left out', () => {
    const config = smallConfig({
      towers: { document: ['titleWord', 'image'] },
      training: {
        gradientBlending: {
          joint: 1,
          query: [],
          document: [
            { channels: ['image'], weight: 0.5 },
            { channels: ['titleWord', 'image'], weight: 0.25 },
          ],
        },
      },
    });
    const kept = usableChannels(config, withDocuments([{ title: 'a lamp' }])).config.training.gradientBlending;
    expect(kept.document).toEqual([{ channels: ['titleWord'], weight: 0.25 }]);
  });

  it('refuses a tower that has nothing left, and names it', () => {
    const config = smallConfig({ towers: { document: ['description', 'descriptionTrigram'] } });
    expect(() => usableChannels(config, withDocuments([{ title: 'a lamp' }]))).toThrow(
      expect.objectContaining({ code: 'training/no-examples', message: expect.stringContaining('document tower') }),
    );
  });
});

describe('createCorpus', () => {
  it('keeps with the vocabulary what serving needs to make the same features of images and attributes', async () => {
    const config = smallConfig({ towers: { document: fieldChannels, image: { limit: 2 } } });
    const data = makeData({ documents: 30, fields: true });
    const { vocabulary, documents } = await createCorpus(config, data, undefined, fixtureImages);
    expect(vocabulary.imageWidth).toBe(6);
    expect(vocabulary.imageMean).toHaveLength(6);
    expect(vocabulary.attributes).toMatchObject({
      price: { kind: 'numbers', edges: [{ length: 3 }, { length: 15 }, expect.any(Array)] },
      brand: { kind: 'categories' },
      tags: { kind: 'categories' },
    });
    // the fixture gives document i the images 0 to (i mod 6) - 1, and no price where 7 divides i
    expect(documents.map(features => features[2].length).slice(0, 7)).toEqual([0, 1, 2, 2, 2, 2, 0]);
    expect(documents.map(features => features[3].length).slice(0, 3)).toEqual([0, 3, 3]);
    const bare = await createCorpus(smallConfig(), data, undefined, fixtureImages);
    expect(Object.keys(bare.vocabulary)).toEqual(['countries', 'tokens', 'maxQueryTokens', 'maxDocumentTokens']);
  });

  it('takes the 99th percentile of the queries as the longest query, and no fewer than 8 tokens', async () => {
    const data = makeData({ validation: false });
    const short = await createCorpus(textConfig(), data);
    expect(short.vocabulary.maxQueryTokens).toBe(8);
    // 100 queries with the start token: 98 of one word, two of twelve; floor(.99 * 99) = 98 is one of the two
    const kind = data.documents[0].title.split(' ')[2];
    const queries = Array.from({ length: 100 }, (_, i) => (i < 98 ? kind : new Array(12).fill(kind).join(' ')));
    const long = await createCorpus(textConfig(), {
      ...data,
      pairs: queries.map((query, i) => ({ query, document: i, weight: 1 })),
    });
    expect(long.vocabulary.maxQueryTokens).toBeGreaterThanOrEqual(13);
    expect(long.vocabulary.maxQueryTokens).toBeLessThanOrEqual(16); // maxDocumentTokens of the fixture
    const given = await createCorpus(textConfig({ textEncoder: { maxQueryTokens: 5 } }), data);
    expect(given.vocabulary.maxQueryTokens).toBe(5);
  });

  it('trains a vocabulary only where a tower reads text', async () => {
    const data = makeData();
    const bag = await createCorpus(usableChannels(smallConfig(), data).config, data);
    expect(bag.tokenizer).toBeUndefined();
    expect(bag.vocabulary.tokens).toBe(0);
    const text = await createCorpus(textConfig(), data);
    expect(text.tokenizer).toBeDefined();
    expect(text.vocabulary.tokens).toBeGreaterThan(0);
    expect(text.vocabulary.tokens).toBeLessThanOrEqual(200);
  });

  it('numbers the countries of documents and pairs in order of the alphabet', async () => {
    const data = withDocuments([{ title: 'lamp', country: 'fr' }, { title: 'tap', country: 'at' }, { title: 'sink' }]);
    const pairs = [{ query: 'q', country: 'de', document: 0, weight: 1 }];
    const { vocabulary } = await createCorpus(everyChannel, { ...data, pairs });
    expect(vocabulary.countries).toEqual(['at', 'de', 'fr']);
  });

  it('draws pseudo-queries of title and description in turn, and of the other where one has no words', async () => {
    const data = withDocuments([
      { title: 'title', description: 'description' },
      { title: 'only' },
      { title: '', description: 'described' },
      { title: 'titled', description: '!' },
      { title: '?' },
    ]);
    const config = smallConfig();
    const corpus = await createCorpus({ ...config, pseudoQueries: { ...config.pseudoQueries, typoShare: 0 } }, data);
    const random = seededRandom(1);
    const drawn = (document: number) => new Set(Array.from({ length: 60 }, () => corpus.pseudoQuery(document, random)));
    expect(drawn(0)).toEqual(new Set(['title', 'description']));
    expect(drawn(1)).toEqual(new Set(['only']));
    expect(drawn(2)).toEqual(new Set(['described']));
    expect(drawn(3)).toEqual(new Set(['titled']));
    expect(drawn(4)).toEqual(new Set(['']));
  });
});

describe('stepSeed', () => {
  it('is another one for every stage and step', () => {
    const seeds = [0, 1].flatMap(stage => Array.from({ length: 1000 }, (_, step) => stepSeed(7, stage, step)));
    expect(new Set(seeds).size).toBe(2000);
  });
});
