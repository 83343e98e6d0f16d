import { TandemError } from '../../errors/tandem-error.js';
import type { DictionaryWord } from '../../text/dictionary.js';
import { defineCommand } from '../command.js';
import { path, paths, switched } from '../flags.js';

/** How many words are shown as text; --json has all. */
const shown = 100;

export const dictionaryCommand = defineCommand({
  name: 'dictionary',
  summary: 'Show or change the words that the analysis of an index keeps whole; touched documents are indexed anew.',
  example: 'tandem dictionary --index out/index --add c++ --add .net=dotnet --remove at&t',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index', schema: path },
    add: {
      value: 'WORD[=TERM]',
      repeat: true,
      help: 'word to keep whole, and the term that it becomes',
      schema: paths,
    },
    remove: { value: 'WORD', repeat: true, help: 'word to take out', schema: paths },
    file: {
      value: 'FILE',
      help: 'JSON, {"words": [{"text", "term"}]}: these words in the place of all',
      schema: path.optional(),
    },
    list: { help: 'show the words and change nothing', schema: switched },
  },
  run: async ({ index: folder, add, remove, file, list }) => {
    const changes = add.length + remove.length > 0 || file !== undefined;
    if (list === changes)
      throw new TandemError('usage/missing-option', 'give either --list, or what to change: --add, --remove or --file');
    const { withSearch, openWritableSearch } = await import('../open-search.js');
    if (list) {
      return withSearch(folder, async ({ index }) => {
        const words = await index.dictionary();
        return { json: { words }, text: words.slice(0, shown).map(formatWord).join('\n') || 'no words' };
      });
    }
    const { readDictionaryFile, changeWords } = await import('../dictionary-words.js');
    const base = file === undefined ? undefined : await readDictionaryFile(file);
    const search = await openWritableSearch(folder, {});
    try {
      const words = changeWords(base ?? (await search.index.dictionary()), add, remove);
      const { receipt, documents } = await search.index.setDictionary(words);
      return {
        json: { sequence: receipt, words: words.length, documents },
        text: `${words.length} words, ${documents} documents indexed anew`,
      };
    } finally {
      await search.close();
    }
  },
});

const formatWord = ({ text, term }: DictionaryWord): string => (term === undefined ? text : `${text} -> ${term}`);
