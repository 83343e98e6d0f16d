import { Parser } from 'htmlparser2';

/** A tag, or a character that is written by its name or number. */
const markup = /<\/?[a-z][^<>]*>|<!--|&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/i;

/** Elements that stand within a line; all others part words. */
const within = new Set(
  'a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);
/** Whether an element of this name parts no words. */
export const isInline = (name: string): boolean => within.has(name);
const unseen = new Set(['script', 'style', 'template', 'head', 'noscript']);

export const hasHtml = (text: string): boolean => markup.test(text);

/** The text that a reader of HTML sees: tags gone, characters for their names, one space between words. */
export function textOfHtml(text: string): string {
  if (!hasHtml(text)) return text;
  let seen = '';
  let hidden = 0;
  const parser = new Parser(
    {
      onopentagname: name => {
        if (unseen.has(name)) hidden++;
        if (!isInline(name)) seen += ' ';
      },
      onclosetag: name => {
        if (unseen.has(name)) hidden--;
        if (!isInline(name)) seen += ' ';
      },
      ontext: part => {
        if (hidden === 0) seen += part;
      },
    },
    { decodeEntities: true },
  );
  parser.end(text);
  return seen.replace(/\s+/g, ' ').trim();
}
