import { describe, expect, it } from 'vitest';
import { attributeOf, towersSchema } from '../../src/config/towers.js';
import { trainingSchema } from '../../src/config/training.js';

describe('fusion none', () => {
  const accepts = (towers: object): boolean => towersSchema.safeParse({ fusion: 'none', ...towers }).success;

  it('takes one text channel in each tower', () => {
    expect(accepts({ query: ['text'], document: ['title'] })).toBe(true);
    expect(accepts({ query: ['text'], document: ['description'] })).toBe(true);
  });

  it.each([
    {},
    { query: ['text'] },
    { query: ['word'], document: ['title'] },
    { query: ['text', 'word'], document: ['title'] },
    { query: ['text'], document: ['title', 'description'] },
  ])('refuses %j', towers => {
    expect(accepts(towers)).toBe(false);
  });
});

describe('channels of the document tower', () => {
  const read = (document: readonly unknown[]) => towersSchema.safeParse({ document });

  it('may be fields of the documents', () => {
    const document = ['titleWord', 'image', 'attribute.price', 'attribute.a field.of any name'];
    expect(read(document).data?.document).toEqual(document);
    expect(attributeOf('attribute.a.b')).toBe('a.b');
    expect(attributeOf('image')).toBeUndefined();
  });

  it.each(['images', 'price', 'attribute', 'attribute.', 'Attribute.price', 7, ''])('are not %j', name => {
    const message = `no channel ${JSON.stringify(name)}; there are titleTrigram, `;
    const [issue] = read(['titleWord', name]).error?.issues ?? [];
    expect(issue.path).toEqual(['document', 1]);
    expect(issue.message.startsWith(message)).toBe(true);
    expect(issue.message).toContain('attribute.NAME');
  });

  it('stand once each, and queries have none of them', () => {
    expect(read(['attribute.price', 'attribute.price']).success).toBe(false);
    expect(towersSchema.safeParse({ query: ['word', 'image'] }).success).toBe(false);
    expect(towersSchema.safeParse({ query: ['attribute.price'] }).success).toBe(false);
  });

  it.each([{ limit: 0 }, { limit: 65 }, { limit: 1.5 }, { hidden: 7 }, { width: 3 }])('refuse image %j', image => {
    expect(towersSchema.safeParse({ image }).success).toBe(false);
  });

  it('may have a loss of their own', () => {
    const blending = (channels: readonly string[]) =>
      trainingSchema.safeParse({ gradientBlending: { document: [{ channels, weight: 0.2 }] } });
    expect(blending(['image', 'attribute.price']).success).toBe(true);
    expect(blending(['price']).success).toBe(false);
  });
});
