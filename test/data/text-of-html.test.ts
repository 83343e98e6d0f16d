import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOfHtml } from '../../data/text-of-html.js';

describe('the text of HTML', () => {
  it.each([
    ['<p>Long &amp; <b>green</b> hose</p><p>20&nbsp;m</p>', 'Long & green hose 20 m'],
    ['Briggs &amp; Stratton', 'Briggs & Stratton'],
    ['<ul><li>steel</li><li>oak</li></ul>', 'steel oak'],
    ['H<sub>2</sub>O, 10 m<sup>2</sup>', 'H2O, 10 m2'],
    ['one<br>two<br/>three', 'one two three'],
    ['Gr&ouml;&#223;e &#x1F4A7;', 'Größe 💧'],
    ['a<script>alert("x < y")</script><style>p { color: red }</style>b<!-- c -->', 'a b'],
    ['<div class="a>b" title="x">cut', 'cut'],
    ['<p>unclosed <b>tag', 'unclosed tag'],
  ])('%s', (html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });

  it.each(['5 < 6 & 7 > 4', 'AT&T', 'R&D; more', 'a <3 b', 'x<y', '', ' two  spaces '])(
    'leaves what is none as it is written: %s',
    text => {
      expect(textOfHtml(text)).toBe(text);
    },
  );

  it('holds no tag and is the same a second time, unless names of characters stood for one', () => {
    const part = fc.constantFrom(
      '<p>',
      '</p>',
      '<b>',
      'word',
      ' ',
      '&amp;',
      '&eacute;',
      '<br/>',
      '<script>',
      '</script>',
      '5 < 6',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), parts => {
        const text = textOfHtml(parts.join(''));
        expect(text).not.toMatch(/<\/?(?:p|b|br|script)\b/);
        expect(textOfHtml(text)).toBe(text);
      }),
    );
  });
});
