import { describe, expect, it } from 'vitest';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { prefixForms } from '../../src/text/prefix-forms.js';

describe('prefixForms', () => {
  const english = createAnalyzer('en');

  it('folds and does not stem, and adds the stems that do not begin so', () => {
    expect(prefixForms(english, 'Runni')).toEqual({ prefix: 'runni', stems: ['run'], start: 0 });
    expect(prefixForms(english, 'battery')?.stems).toContain('batteri');
    expect(prefixForms(english, 'hos')).toEqual({ prefix: 'hos', stems: [], start: 0 });
    expect(prefixForms(english, 'Café')?.prefix).toBe('cafe');
  });

  it('takes the last of several words, a stop word too', () => {
    expect(prefixForms(english, 'wi-fi')).toEqual({ prefix: 'fi', stems: [], start: 3 });
    expect(prefixForms(english, 'the')?.prefix).toBe('the');
    expect(prefixForms(english, '?')).toBeUndefined();
  });

  it('takes the whole word alone elsewhere', () => {
    expect(prefixForms(createAnalyzer('de'), 'häuser')).toEqual({ prefix: 'hauser', stems: ['haus'], start: 0 });
    expect(prefixForms(createAnalyzer('und'), 'running')).toEqual({ prefix: 'running', stems: [], start: 0 });
  });
});
