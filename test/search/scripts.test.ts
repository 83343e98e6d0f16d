import { describe, expect, it } from 'vitest';
import { shopOf } from './shop.js';

/** Each way finds the title. */
const ways: readonly (readonly [language: string, title: string, ...ways: string[]])[] = [
  // Amharic letters that sound alike
  ['am', 'ሠላም መጽሐፍ', 'ሰላም', 'መጽሃፍ', 'መፅሐፍ', 'መጽሐፍ'],
  ['am', 'ዓለም ካርታ', 'አለም', 'ዐለም', 'ኣለም'],
  ['am', 'ፀሐይ መነጽር', 'ጸሃይ', 'ፀሀይ', 'ጸሐይ'],
  // Cyrillic letters that look like Latin ones in numbers of articles
  ['ru', 'Смартфон Samsung A54', 'а54', 'А54', 'samsung а54'],
  ['ru', 'Болт М8х20', 'M8x20', 'болт m8', 'М8'],
  ['uk', 'Батарейка CR2032', 'cr 2032', 'cr2032'],
  ['en', 'BT50 holder', 'ВТ50', 'bt50'],
  ['ru', 'Сталь Х12М', 'X12M', 'х12м'],
  // endings of languages without a stemmer
  ['ka', 'ყავის მადუღარა', 'ყავა', 'ყავის'],
  ['ka', 'წიგნები ბავშვებისთვის', 'წიგნი', 'წიგნის'],
  ['te', 'చీర ఎరుపు', 'చీరలు', 'చీర'],
  ['bn', 'মোবাইল কভার', 'মোবাইলের', 'কভারটি', 'কভারগুলো'],
  ['mr', 'मुलगा टोपी', 'मुलगे', 'मुलगा'],
  ['gu', 'ઘોડો રમકડું', 'ઘોડા', 'ઘોડો'],
  ['kn', 'ಪುಸ್ತಕ ಮಕ್ಕಳ', 'ಪುಸ್ತಕಗಳು', 'ಪುಸ್ತಕ'],
  ['ml', 'പുസ്തകം കുട്ടി', 'പുസ്തകങ്ങൾ', 'കുട്ടികൾ'],
  ['sk', 'Kniha o topánkach', 'knihy', 'kniha'],
  ['sk', 'Nože kuchynské', 'nôž', 'nože'],
  ['ur', 'کتاب بچوں کی', 'کتابیں', 'کتاب'],
  // a nasal before a consonant of its row: a letter or a dot
  ['hi', 'हिंदी व्याकरण', 'हिन्दी', 'हिंदी'],
  ['hi', 'सम्बन्ध और विवाह', 'संबंध', 'संबन्ध'],
  ['hi', 'गंगा जल', 'गङ्गा'],
  ['mr', 'पण्डित नेहरू', 'पंडित'],
  ['gu', 'હિન્દી પુસ્તક', 'હિંદી'],
  ['te', 'హిందీ పాఠం', 'హిన్దీ'],
  ['pa', 'ਪੰਜਾਬੀ ਗੀਤ', 'ਪਂਜਾਬੀ'],
  // one syllabary of Japanese for the other
  ['ja', 'ピアノ 電子', 'ぴあの', 'ﾋﾟｱﾉ'],
  ['ja', 'きれいな花', 'キレイ'],
  ['ja', 'らーめん鉢', 'ラーメン'],
  ['ja', 'トイレットペーパー', 'といれっとぺーぱー'],
  ['ja', 'すし皿', 'スシ'],
  // what a dictionary of words cuts alone otherwise than beside others
  ['th', 'เสื้อผ้าสีดำ', 'สีดำ', 'เสื้อผ้า'],
  ['th', 'สีเขียว', 'กระเป๋าสีเขียว'],
  ['th', 'เครื่องซักผ้าฝาหน้า', 'เครื่องซักผ้า'],
  ['lo', 'ເສື້ອສີແດງ', 'ສີແດງ'],
  ['km', 'ឡានពណ៌ក្រហម', 'ពណ៌ក្រហម'],
  ['my', 'အင်္ကျီအနီရောင်', 'အနီရောင်'],
];

describe('ways to write a word in one script', () => {
  it.each(ways.flatMap(([language, title, ...typed]) => typed.map(text => [language, text, title] as const)))(
    '(%s) %s',
    (language, text, title) => {
      const shop = shopOf([title, 'Xyzzy 77', 'ყვავილი ვარდი', 'Сталь Т13', 'А52'], { language });
      expect(shop.find(text)[0]).toBe(title);
    },
  );

  it('stay apart where letters are units or words', () => {
    const shop = shopOf(['Труба 5 м', 'А5 тетрадь', 'век 19'], { language: 'ru' });
    expect(shop.find('5m')).toEqual(['Труба 5 м']);
    expect(shop.find('bek')).toEqual([]);
  });
});
