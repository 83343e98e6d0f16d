/** A cell: numbers stand to the right and are printed as given by the caller. */
export interface TerminalColumn {
  readonly name: string;
  readonly numeric?: boolean;
}

const gap = '  ';

/**
 * A table for the terminal: columns padded to the widest cell, numbers to the right, a rule under the names, no colours.
 * Wide letters (Chinese, Japanese, Korean, emoji) take two places; control characters are shown as U+FFFD.
 * @param rows  each as long as `columns`
 * @returns lines joined by LF, without one at the end
 */
export function terminalTable(columns: readonly TerminalColumn[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ name }) => name), ...rows].map(line => line.map(printable));
  const widths = columns.map((_, i) => Math.max(...lines.map(line => displayWidth(line[i]))));
  const [names, ...body] = lines.map(line =>
    line
      .map((text, i) => padded(text, widths[i], columns[i].numeric))
      .join(gap)
      .trimEnd(),
  );
  return [names, widths.map(width => '-'.repeat(width)).join(gap), ...body].join('\n');
}

/** A query could carry an escape sequence into the terminal. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\ufffd');

function padded(text: string, width: number, numeric = false): string {
  const space = ' '.repeat(width - displayWidth(text));
  return numeric ? space + text : text + space;
}

/** Places that a text takes: 2 for a wide or emoji grapheme, 0 for a lone combining mark, else 1. */
function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of new Intl.Segmenter('und').segment(text)) width += graphemeWidth(segment);
  return width;
}

const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|^\p{Emoji}\ufe0f/u;

function graphemeWidth(grapheme: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}
