import type { DictionaryWord } from '../../api/indexes/dictionary-words.js';
import { TandemError } from '../../errors/tandem-error.js';
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
    const { listWords, changeDictionaryOf } = await import('../../api/indexes/dictionary-words.js');
    if (list) {
      const words = await listWords(folder);
      return { json: { words }, text: words.slice(0, shown).map(formatWord).join('\n') || 'no words' };
    }
    const { words, receipt, documents } = await changeDictionaryOf(folder, { add, remove, file });
    return {
      json: { sequence: receipt, words, documents },
      text: `${words} words, ${documents} documents indexed anew`,
    };
  },
});

const formatWord = ({ text, term }: DictionaryWord): string => (term === undefined ? text : `${text} -> ${term}`);
