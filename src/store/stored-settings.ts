import type { Database } from 'lmdb';
import type { DictionaryWord } from '../text/dictionary.js';
import { dictionaryKey, type SettingName, sealJson } from './encode-change.js';

/** By itself, so that whoever follows need not read the whole to see that it is the same. */
const sequenceOf = (name: SettingName): string => `${name}.sequence`;

/** Reads a record of JSON that was found under a key. @throws TandemError 'index/documents-damaged' */
type ParseRecord = <T>(at: Buffer, record: Buffer, what: () => string) => T;

/** What stands in the store beside documents and embeddings: the dictionary, and settings. */
export function storedSettings(meta: Database<Buffer, string>, parsed: ParseRecord) {
  const read = <T>(name: string, what: string): T | undefined => {
    const record = meta.get(name);
    return record === undefined ? undefined : parsed<T>(Buffer.from(name, 'utf8'), record, () => what);
  };
  const put = (name: string, value: unknown): void => void meta.put(name, sealJson(Buffer.from(name, 'utf8'), value));
  return {
    dictionary: (): readonly DictionaryWord[] => read<readonly DictionaryWord[]>(dictionaryKey, 'the dictionary') ?? [],
    setting: (name: SettingName): unknown => read(name, `the record of ${name}`),
    settingSequence: (name: SettingName): number => read<number>(sequenceOf(name), `the record of ${name}`) ?? 0,
    /** Inside a transaction. */
    putDictionary: (words: readonly DictionaryWord[]): void => put(dictionaryKey, words),
    /** Inside a transaction. @param sequence  of the commit */
    putSetting: (name: SettingName, sequence: number, value: unknown): void => {
      put(name, value);
      put(sequenceOf(name), sequence);
    },
  };
}
