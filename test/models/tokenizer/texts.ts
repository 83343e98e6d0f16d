/** Sentences for vocabularies and comparisons: eighteen languages, written for these tests. */
export const sentences: readonly string[] = [
  'All human beings are born free, and a garden hose with a 3/4 in. brass fitting is sold for $19.99.',
  'The stainless steel faucet (single handle) fits 12-gauge pipes; the white one does not.',
  'Alle Menschen sind frei geboren; der Gartenschlauch mit Messinganschluss kostet 19,99 €. Straßenschuhgröße.',
  'Tous les êtres humains naissent libres, et le tuyau d’arrosage coûte dix-neuf euros. Cœur, naïve, garçon.',
  'Todos los seres humanos nacen libres; la manguera de jardín cuesta diecinueve euros. ¿Señor, mañana?',
  'Todos os seres humanos nascem livres; a mangueira de jardim custa dezenove euros. Ação, coração.',
  'Wszyscy ludzie rodzą się wolni, a wąż ogrodowy kosztuje dziewiętnaście złotych. Źdźbło, gżegżółka.',
  'Все люди рождаются свободными, а садовый шланг стоит девятнадцать рублей. Ёлка, подъезд.',
  'Όλοι οι άνθρωποι γεννιούνται ελεύθεροι. ΟΔΟΣ ΣΑΣ, ο σωλήνας κήπου κοστίζει δεκαεννέα ευρώ.',
  'Tüm insanlar özgür doğar; bahçe hortumu on dokuz liradır. İstanbul, Iğdır, ışık.',
  'يولد جميع الناس أحرارًا، وخرطوم الحديقة بتسعة عشر دينارًا. مُحَمَّدٌ ٣٤٥',
  'כל בני האדם נולדו בני חורין, וצינור הגינה עולה תשעה עשר שקלים. שָׁלוֹם',
  'सभी मनुष्य स्वतंत्र जन्म लेते हैं, और बगीचे की नली उन्नीस रुपये की है। क्षत्रिय १२३',
  'সমস্ত মানুষ স্বাধীনভাবে জন্মগ্রহণ করে, এবং বাগানের পাইপের দাম উনিশ টাকা।',
  'எல்லா மனிதர்களும் சுதந்திரமாகப் பிறக்கிறார்கள்; தோட்டக் குழாய் பத்தொன்பது ரூபாய்.',
  'มนุษย์ทั้งหลายเกิดมามีอิสระ และสายยางรดน้ำราคาสิบเก้าบาท น้ำใจ ก็ได้',
  '所有人生而自由，花园软管售价十九元。不锈钢水龙头，白色的没有货。',
  'すべての人間は自由に生まれ、庭のホースは十九ユーロです。ステンレスの蛇口ｶﾀｶﾅ。',
  '모든 사람은 자유롭게 태어나며, 정원용 호스는 십구 유로입니다. 스테인리스 수도꼭지.',
  'Mọi người sinh ra đều tự do, và vòi tưới vườn giá mười chín đồng. Nguyễn, đường phố.',
];

/** Texts that break tokenisers: empty, white, unassigned, combined, joined, very long. */
export const oddTexts: readonly string[] = [
  '',
  '   ',
  '\t\n\r',
  ' two  spaces\u00a0and\u3000more\u0085here ',
  'e\u0301 e \u0301x a\u0308\u0323 \u0308',
  '\ud800lone high',
  'lone low\udc00',
  '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 ☃☃☃ a☃☃b☃',
  '▁▁ a▁b x ▁ y',
  'ﬁ ½ ㎏ ﷺ Å Å 𝔘𝔫𝔦 ẞ ǅ … ˙ ¨',
  '\u200bzero\ufeffwidth\u00adsoft',
  '\u0000\u0007 control',
  '𠮷𠮷𝒳',
  'x'.repeat(5000),
  '自由'.repeat(3000),
  'İSTANBUL ΟΔΟΣ ΣΑΣ',
];

/** The sentences with their words in a few other orders, so that a small corpus has counts above one. */
export const corpus = (): string[] =>
  sentences.flatMap((sentence, i) => {
    const words = sentence.split(' ');
    return [sentence, words.toReversed().join(' '), ...words.filter((_, j) => (i + j) % 3 === 0)];
  });
