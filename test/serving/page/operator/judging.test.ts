import { describe, expect, it } from 'vitest';
import { differenceOf, meanOf, parseGolden } from '../../../../serving/page/operator/golden.js';
import { type Judgements, judged, judgementFiles } from '../../../../serving/page/operator/judgements.js';
import { placesOf, stagesOf, verdict } from '../../../../serving/page/operator/why.js';

describe('golden queries', () => {
  it('are lines with a text; what is none is named', () => {
    expect(parseGolden('{"id":"a","text":"hose","stratum":"head"}\n\n{"text":" lamp "}\n')).toEqual([
      { id: 'a', text: 'hose' },
      { id: '3', text: 'lamp' },
    ]);
    expect(() => parseGolden('{"text":"hose"}\nhose')).toThrow('line 2');
    expect(() => parseGolden('{"query":"hose"}')).toThrow('line 1');
    expect(() => parseGolden('{"text":" "}')).toThrow('line 1');
  });

  it('say how two settings differ, and which are better where somebody judged', () => {
    const judgements: Judgements = new Map([
      [
        'hose',
        new Map([
          ['a', 3],
          ['b', 1],
        ]),
      ],
    ]);
    const hose = differenceOf('hose', ['a', 'b', 'c'], ['c', 'a', 'd'], judgements);
    // ideal 3 + 1 / log2 3; the second has 3 / log2 3
    const third = 1 / Math.log2(3);
    expect(hose.overlap).toBeCloseTo(2 / 3, 10);
    expect(hose.ndcg?.[0]).toBeCloseTo(1, 10);
    expect(hose.ndcg?.[1]).toBeCloseTo((3 * third) / (3 + third), 10);
    const lamp = differenceOf('lamp', [], [], judgements);
    expect(lamp).toEqual({ text: 'lamp', overlap: 1 });
    expect(meanOf([hose, lamp])).toMatchObject({ judged: 1, ndcg: hose.ndcg });
    expect(meanOf([hose, lamp]).overlap).toBeCloseTo(5 / 6, 10);
    expect(meanOf([])).toEqual({ overlap: 1, judged: 0 });
  });
});

describe('judgements', () => {
  it('are changed and taken back, and handed out as evaluation reads them', () => {
    const one = judged(new Map(), 'garden hose', 'a', 3);
    const two = judged(judged(one, 'garden hose', 'b', 0), 'lamp', 'c', 1);
    expect(judgementFiles(two)).toEqual({
      queries: '{"id":"j1","text":"garden hose"}\n{"id":"j2","text":"lamp"}\n',
      qrels: 'j1 0 a 3\nj1 0 b 0\nj2 0 c 1\n',
    });
    expect(judged(one, 'garden hose', 'a', undefined)).toEqual(new Map());
    expect(one).toEqual(new Map([['garden hose', new Map([['a', 3]])]]));
  });
});

describe('why a document is not among the hits', () => {
  const hits = (...ids: string[]) => ({ hits: ids.map(id => ({ id, score: 1, document: { id, title: '' } })) });

  it('is told by the stage that lost it', () => {
    const of = (...places: (number | undefined)[]): string => verdict(places);
    expect(placesOf([hits('a', 'b'), hits('b'), hits()], 'b')).toEqual([2, 1, undefined]);
    expect(of(3, 1, 2, 2, 2)).toBe('It is hit 2.');
    expect(of(3, 1, 2, 2, 40)).toContain('behind the first ten');
    expect(of(undefined, undefined, undefined, undefined, undefined)).toContain('Neither side');
    expect(of(undefined, undefined)).toContain('No word');
    expect(of(3, undefined, 2, 2, undefined)).toContain('A rule hides it');
    expect(of(900, undefined, undefined, undefined, undefined)).toContain('leaves it behind');
  });

  it('asks each stage by itself, and of an index of words alone no other', () => {
    expect(stagesOf('hose', true).map(({ name }) => name)).toEqual(['words', 'meaning', 'both', 'ranker', 'rules']);
    expect(stagesOf('hose', false).map(({ request }) => request.rules)).toEqual([false, undefined]);
  });
});
