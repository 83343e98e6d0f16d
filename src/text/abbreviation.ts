/** Languages that form a plural by s. */
const languages = new Set(['en', 'de', 'nl', 'fr', 'es', 'pt', 'ca', 'und']);

/** What ends in s and is one thing. */
const noPlurals = new Set(
  'bbs cbs cfs cms css dhs dms dns dss dts fps gprs gps hls https jbs kbps mbps gbps lms mms nbs nfs nhs ntfs pbs plus pms rcs rms rps rss scs sms thus tls tns tps vps xss xxs'.split(
    ' ',
  ),
);

const consonants = /^[bcdfghjklmnpqrstvwxz]{2,}s$/;
/** cpus, psus: Porter's stemmers leave -us as it is */
const consonantsAndU = /^[bcdfghjklmnpqrstvwxz]{2,}us$/;
/** mp3s, 1980s; a model number such as 6s is another thing than 6 */
const numbered = /^(?:[a-z]{2,}[0-9]|[0-9]{3,})s$/;
const longest = 6;

/**
 * The abbreviation of which a word is the plural: tvs, dvds, cpus, mp3s, 1980s. Stemmers leave them, for they look for a vowel.
 * @returns undefined for a language whose plurals are others
 */
export function singularAbbreviation(language: string): ((word: string) => string | undefined) | undefined {
  if (!languages.has(language)) return undefined;
  return word => {
    if (word.length < 3 || word.length > longest || !word.endsWith('s') || noPlurals.has(word)) return undefined;
    const isPlural =
      (consonants.test(word) && !word.endsWith('ss')) || consonantsAndU.test(word) || numbered.test(word);
    return isPlural ? word.slice(0, -1) : undefined;
  };
}
