import type { TandemClient } from '../../../src/client/index.js';
import type { RuleInput } from '../../../src/curation/rule.js';
import { button, element } from '../elements.js';
import type { Part, Tell } from './part.js';

/** What can be edited as a text. */
interface Editable {
  readonly label: string;
  readonly help: string;
  read(client: TandemClient): Promise<string>;
  /** @returns what is to be said beside that it is saved */
  write(client: TandemClient, text: string): Promise<unknown>;
}

const editables: readonly Editable[] = [
  {
    label: 'Rules',
    help: 'Rules of curation, as docs/rules.md has them. They take the place of all; where one is wrong none is taken.',
    read: async client => JSON.stringify(await client.rules(), null, 2),
    write: async (client, text) => {
      const { unknown } = await client.setRules(JSON.parse(text || '[]') as readonly RuleInput[]);
      return unknown
        .map(({ rule, ids }) => `${rule} names what is no document: ${ids.slice(0, 10).join(', ')}.`)
        .join(' ');
    },
  },
  {
    label: 'Synonyms',
    help: 'One rule a line: “tv, television” stand for each other, “couch => sofa” asks for the right alone.',
    read: async client => (await client.synonyms()).join('\n'),
    write: (client, text) => client.setSynonyms(text.split('\n').filter(line => line.trim() !== '')),
  },
  {
    label: 'Words kept whole',
    help: 'One word a line; behind => the term that it becomes.',
    read: async client =>
      (await client.dictionary()).map(({ text, term }) => (term ? `${text} => ${term}` : text)).join('\n'),
    write: (client, text) =>
      client.setDictionary(
        text
          .split('\n')
          .filter(line => line.trim() !== '')
          .map(line => {
            const [word, term] = line.split('=>').map(part => part.trim());
            return { text: word, ...(term && { term }) };
          }),
      ),
  },
];

/** Rules, synonyms and words of the index, each to be read and changed. */
export const openTexts: Part = (place, { client }, tell) => {
  place.append(...editables.map(editable => editor(editable, client, tell)));
  return undefined;
};

function editor({ label, help, read, write }: Editable, client: TandemClient, tell: Tell): HTMLElement {
  const area = element('textarea', { rows: 10, spellcheck: 'false', dir: 'auto', 'aria-label': label });
  const load = async (): Promise<void> => {
    area.value = await read(client);
    saver.disabled = false;
  };
  const save = async (): Promise<void> => {
    const said = await write(client, area.value);
    await load();
    tell([`${label}: saved; searches obey from now on.`, typeof said === 'string' ? said : ''].join(' ').trim());
  };
  // what is saved takes the place of all, so all must have been read
  const saver = button(`Save ${label.toLowerCase()}`, { disabled: true }, () => void save().catch(tell));
  load().catch(tell);
  return element(
    'div',
    { class: 'wide' },
    element('h2', {}, label),
    element('p', {}, help),
    area,
    element(
      'p',
      {},
      saver,
      ' ',
      button(`Read ${label.toLowerCase()} again`, {}, () => void load().catch(tell)),
    ),
  );
}
