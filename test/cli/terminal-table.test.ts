import { describe, expect, it } from 'vitest';
import { terminalTable } from '../../src/cli/terminal-table.js';

const columns = [{ name: 'run' }, { name: 'nDCG@10', numeric: true }, { name: 'note' }];

describe('terminalTable', () => {
  it('pads to the widest cell, numbers to the right, no space at the ends', () => {
    expect(
      terminalTable(columns, [
        ['hybrid', '0.42', 'best'],
        ['token', '0.3924', ''],
      ]),
    ).toBe(
      [
        'run     nDCG@10  note', //
        '------  -------  ----',
        'hybrid     0.42  best',
        'token    0.3924',
      ].join('\n'),
    );
  });

  it('wide letters take two places, combining marks none', () => {
    const lines = terminalTable(
      [{ name: 'a' }, { name: 'b' }],
      [
        ['笑顔', '1'],
        ['e\u0301', '2'],
        ['😀', '3'],
        ['👩‍👩‍👧', '4'],
        ['한국', '5'],
      ],
    ).split('\n');
    expect(lines.slice(2)).toEqual(['笑顔  1', 'e\u0301     2', '😀    3', '👩‍👩‍👧    4', '한국  5']);
  });

  it('a mark or a direction sign on its own takes no place', () => {
    const lines = terminalTable(
      [{ name: 'a' }, { name: 'b' }],
      [
        ['abc', '0'],
        ['\u200eab', '1'],
        ['\u0301', '2'],
      ],
    ).split('\n');
    expect(lines.slice(2)).toEqual(['abc  0', '\u200eab   1', '\u0301     2']);
  });

  it('escape sequences and line ends of a query do not reach the terminal', () => {
    const table = terminalTable([{ name: 'query' }], [['\u001b[31mred\nline\u2028']]);
    expect(table.split('\n')).toHaveLength(3);
    expect(table).toContain('\ufffd[31mred\ufffdline\ufffd');
    expect(table).not.toContain('\u001b');
  });

  it('no rows: names and rule alone', () => {
    expect(terminalTable([{ name: 'run' }], [])).toBe('run\n---');
  });
});
