import { bareForm } from './bare-form.js';
import type { TermFilter } from './fold.js';

/**
 * Function words alone: articles, prepositions, conjunctions, pronouns, forms of to be and to have. The long lists that are about
 * hold words that people search for (German "Tag", "acht"; Swedish and Hungarian numerals), and BM25 gives a common word
 * little weight anyway, so these stay short. English: the list of Lucene's EnglishAnalyzer.
 */
const lists: Readonly<Record<string, string>> = {
  en: 'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with',
  de: 'der die das den dem des ein eine einer eines einem einen und oder aber in im an am auf aus bei beim mit nach von vom vor zu zum zur für über unter durch um als wie ist sind war waren wird werden sich es er sie wir ihr daß dass nicht auch',
  fr: 'le la les l un une des du de d et ou où mais à au aux en dans par pour sur avec sans sous ce cet cette ces que qui qu se s ne pas est sont il elle ils elles je tu nous vous son sa ses',
  es: 'el la los las un una unos unas y e o u de del a al en con por para que se es son su sus lo le les como más pero no este esta estos estas',
  it: 'il lo la i gli le un uno una e ed o di del dello della dei degli delle a al allo alla ai agli alle da dal dalla dai in nel nello nella nei nelle con su sul sulla per tra fra che è sono si non l d',
  pt: 'o a os as um uma uns umas e ou de do da dos das em no na nos nas ao à aos às por pelo pela para com que se é são seu sua não como mais mas',
  nl: 'de het een en of in op te van voor met aan bij uit om tot door over naar dat die dit deze is zijn was er als maar niet ook',
  sv: 'en ett den det de och eller i på av för med till från om som att är var vid under över inte men',
  da: 'en et den det de og eller i på af for med til fra om som at er var ved under over ikke men',
  no: 'en ei et den det de og eller i på av for med til fra om som at å er var ved under over ikke men',
  fi: 'ja tai on oli ei se ne että joka jotka kun kuin mutta myös sekä',
  hu: 'a az egy és vagy hogy nem is van volt ez ezt azt de meg mint',
  ro: 'un o și şi sau de la în din cu pe pentru este sunt nu al a ai ale cel cea care că se mai',
  ru: 'и в во на с со к ко по за от до из у о об не но а или что как это для при над под же ли бы',
  uk: 'і й та в у на з із зі до від за по про не але або що як це для при над під ж чи би',
  bg: 'и в във на с със към по за от до из не но а или че как това при над под се да е са',
  pl: 'i w we na z ze do od o po za przez dla pod nad przy nie ale a lub albo że jak jest są się to',
  cs: 'a i v ve na z ze do od o po za pro pod nad při s se ne ale nebo že jak je jsou si to k ke u',
  sk: 'a i v vo na z zo do od o po za pre pod nad pri s so sa ne ale alebo že ako je sú si to k ku u',
  sl: 'in v na z s za od do o po pri pod nad ne ali da je so se kot pa k h',
  hr: 'i u na s sa za od do o po pri pod nad ne ali ili da je su se kao k ka',
  ca: 'el la els les un una uns unes i o de del dels a al als en amb per que es és són no com més',
  el: 'ο η το οι τα του της των τον την και ή σε στο στη στην στον στα στις με για από που να δεν είναι ένα ένας μια μία',
  tr: 've veya ile bir bu şu o da de ki için mi mı mu mü',
  id: 'yang dan atau di ke dari untuk dengan pada ini itu adalah',
  vi: 'và hoặc của là cho với các những một trong ở',
  ar: 'في من على الى إلى عن مع هذا هذه ذلك التي الذي و او أو ان أن لا ما',
  fa: 'و در به از که با را این آن برای یا است',
  he: 'של את על עם או זה זו הוא היא לא אל מן',
  hi: 'का के की को में से पर और या है हैं यह वह एक ने भी',
  zh: '的 了 和 与 與 及 在 是',
  ja: 'の に は を が で と も へ や から まで',
  th: 'และ หรือ ของ ที่ ใน เป็น',
};

/** Languages that have a list. */
export const stopWordLanguages: readonly string[] = Object.keys(lists);

/** The function words of a language as they are written; none where it has no list. */
export const functionWordsOf = (language: string): readonly string[] => lists[language]?.split(' ') ?? [];

/**
 * The function words of a language as its chain meets them; none where it has no list.
 * @param prepare  the filters that stand before stop words in the chain: the list passes through them, so that it meets the same spelling
 */
export const stopWordsOf = (language: string, prepare: TermFilter): ReadonlySet<string> =>
  new Set(functionWordsOf(language).map(prepare));

/** Languages whose capitals have no accents: ΕΙΝΑΙ is είναι. */
const withBareCapitals = new Set(['el']);

/** The same with the spellings that their capitals have. */
export function stopWordsInCapitals(language: string, prepare: TermFilter): ReadonlySet<string> {
  const words = stopWordsOf(language, prepare);
  return withBareCapitals.has(language) ? new Set([...words, ...[...words].map(bareForm)]) : words;
}

/** What a text is about: its words without stop words; where it has no others, these. */
export function withoutStopWords<T extends { readonly stop?: true }>(words: readonly T[]): readonly T[] {
  if (!words.some(({ stop }) => stop)) return words;
  const others = words.filter(({ stop }) => !stop);
  return others.length > 0 ? others : words;
}
