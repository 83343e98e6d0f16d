import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplate } from '../../models/document-text.js';

describe('a document as one text', () => {
  const template = '{title}. {description}';
  it.each([
    [template, { title: 'Hose', description: 'Green, 25 m' }, 'Hose. Green, 25 m'],
    [template, { title: 'Hose' }, 'Hose'],
    [template, { title: ' ', description: ' Green ' }, 'Green'],
    [template, { brand: 'Acme' }, ''],
    ['{title} ({brand}) {description}', { title: 'Hose', brand: 'Acme' }, 'Hose (Acme'],
    ['{title} | {brand} | {description}', { title: 'Hose', description: 'Green' }, 'Hose | Green'],
    ['Title: {title}\nBrand: {brand}.', { title: 'Hose', brand: 'Acme' }, 'Title: Hose\nBrand: Acme.'],
    ['Title: {title}\nBrand: {brand}.', { brand: 'Acme' }, 'Title: Acme.'],
    ['{tags} {price} {isNew}', { tags: ['a', 'b', {}], price: 19.5, isNew: true }, 'a, b 19.5 true'],
    ['{title}', { title: { en: 'Hose' } }, ''],
  ])('%j of %j', (form, row, text) => {
    expect(fillTemplate(form, row)).toBe(text);
  });

  it('is the two fields with the mark between them, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (title, description) => {
        const parts = [title.trim(), description.trim()].filter(part => part !== '');
        expect(fillTemplate(template, { title, description })).toBe(parts.join('. '));
      }),
    );
  });
});
