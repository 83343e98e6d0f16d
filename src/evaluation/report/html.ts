/** Markup that may stand in a page as it is; only `html` and `trusted` make it, so that other texts cannot slip in unescaped. */
export interface Markup {
  readonly markup: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand between tags and inside quoted attributes; control characters that HTML does not allow become U+FFFD. */
export const escapeText = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to replace
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
    .replace(/[&<>"']/g, character => entities[character]);

/** Marks text that is markup already: style sheets of ours, SVG from the serialiser. Never for text that came from outside. */
export const trusted = (markup: string): Markup => ({ markup });

/** A template whose values are escaped, unless they are Markup or lists of it. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Markup | readonly Markup[])[]
): Markup {
  return trusted(parts.reduce((page, part, i) => page + markupOf(values[i - 1]) + part));
}

function markupOf(value: string | number | Markup | readonly Markup[]): string {
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}
