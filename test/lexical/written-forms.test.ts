import { describe, expect, it } from 'vitest';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import type { Query } from '../../src/query/query.js';
import { searchTokens } from './ask.js';

const options = { bm25: { k1: 1.2, b: 0.5 }, fieldWeights: { title: 1 }, spelling: true, proximity: true };

/** Titles that a query finds in an index of these titles and some others, best first. */
function found(language: string, titles: readonly string[], text: string, asked?: string): string[] {
  const index = createTokenIndex({ ...options, language });
  const others = ['completely different thing', 'یک چیز دیگر', 'другая вещь'];
  for (const [i, title] of [...titles, ...others].entries()) index.add({ id: String(i).padStart(2, '0'), title });
  return searchTokens(index, { text, language: asked, k: 20 }).map(({ id }) => titles[Number(id)] ?? 'another');
}

/** Each writing finds all titles that are given, and the one that is written so first. */
function meet(language: string, ...titles: string[]): void {
  for (const [i, title] of titles.entries()) {
    const hits = found(language, titles, title);
    expect([...hits].sort(), `${language}: ${title}`).toEqual([...titles].sort());
    expect(hits[0], `${language}: ${title}`).toBe(titles[i]);
  }
}

describe('words with accents and without', () => {
  it('meet, and the form as written comes first', () => {
    for (const [language, ...words] of [
      ['en', 'Résumé', 'Resume'],
      ['en', 'Straße', 'Strasse'],
      ['en', 'Beyoncé', 'Beyonce'],
      ['en', 'Entrée', 'Entree'],
      ['en', 'Soufflé', 'Souffle'],
      ['en', 'Nestlé', 'Nestle'],
      ['en', 'naïveté', 'naivete'],
      ['en', 'fiancée', 'fiancee'],
      ['en', 'Søren', 'Soren'],
      ['en', 'Müller', 'Mueller'],
      ['en', 'Müller', 'Muller'],
      ['en', 'jalapeño', 'jalapeno'],
      ['en', 'Dvořák', 'Dvorak'],
      ['en', 'Łódź', 'Lodz'],
      ['und', 'Curaçao', 'Curacao'],
      ['es', 'niño', 'nino'],
      ['es', 'librería', 'libreria'],
      ['es', 'energía', 'energia'],
      ['es', 'información', 'informacion'],
      ['es', 'español', 'espanol'],
      ['es', 'cigüeña', 'ciguena'],
      ['fr', 'électricité', 'electricite'],
      ['fr', 'crêpe', 'crepe'],
      ['fr', 'cœur', 'coeur'],
      ['fr', 'français', 'francais'],
      ['pt', 'ação', 'acao'],
      ['pt', 'informações', 'informacoes'],
      ['it', 'caffè', 'caffe'],
      ['it', 'qualità', 'qualita'],
      ['de', 'Straße', 'Strasse'],
      ['de', 'Müller', 'Mueller'],
      ['de', 'Häuser', 'Haeuser'],
      ['de', 'Größe', 'Groesse'],
      ['sv', 'smörgås', 'smorgas'],
      ['sv', 'räka', 'raka'],
      ['da', 'smørrebrød', 'smoerrebroed'],
      ['no', 'blåbær', 'blabaer'],
      ['fi', 'hyvää', 'hyvaa'],
      ['hu', 'fűrész', 'furesz'],
      ['tr', 'çiçek', 'cicek'],
      ['tr', 'ışık', 'isik'],
      ['az', 'gözəl', 'gozel'],
      ['pl', 'łódka', 'lodka'],
      ['cs', 'příliš', 'prilis'],
      ['ro', 'țară', 'tara'],
      ['vi', 'phở', 'pho'],
      ['el', 'καφές', 'καφες'],
      ['ru', 'ёлка', 'елка'],
      ['uk', 'ґанок', 'ганок'],
      ['kk', 'қала', 'кала'],
      ['is', 'þórður', 'thordur'],
      ['et', 'öö', 'oo'],
      ['ca', 'cançó', 'canco'],
      ['ga', 'fáilte', 'failte'],
    ])
      meet(language, ...words);
  });

  it('meet in scripts whose signs people leave out', () => {
    for (const [language, ...words] of [
      ['ar', 'كِتَاب', 'كتاب'],
      ['en', 'مُحَمَّد', 'محمد'],
      ['en', 'أحمد', 'احمد'],
      ['und', 'مدرسة', 'مدرسه'],
      ['en', 'کتاب', 'كتاب'],
      ['he', 'שָׁלוֹם', 'שלום'],
      ['en', 'שָׁלוֹם', 'שלום'],
      ['hi', 'क़लम', 'कलम'],
      ['hi', 'हाँ', 'हां'],
      ['en', 'за́мок', 'замок'],
    ]) {
      const titles = words.map(word => `${word} x`);
      for (const word of words) expect(found(language, titles, word).length, `${language}: ${word}`).toBe(2);
    }
  });

  it('meet in phrases and where all words are asked for', () => {
    const index = createTokenIndex({ ...options, language: 'es' });
    index.add({ id: 'a', title: 'información útil de niños' });
    index.add({ id: 'b', title: 'informacion util de ninos' });
    index.add({ id: 'c', title: 'útil la información' });
    const idsOf = (query: Query): string[] =>
      searchTokens(index, { query, k: 5 })
        .map(hit => hit.id)
        .sort();
    for (const text of ['información útil', 'informacion util', 'información util'])
      expect(idsOf({ phrase: { text } }), text).toEqual(['a', 'b']);
    for (const text of ['útil información', 'util informacion', 'util información'])
      expect(idsOf({ bag: { text, operator: 'all' } }), text).toEqual(['a', 'b', 'c']);
    for (const text of ['niño', 'nino', 'NIÑOS'])
      expect(idsOf({ bool: { must: [{ all: {} }], mustNot: [{ bag: { text } }] } }), text).toEqual(['c']);
  });
});

describe('scripts', () => {
  it('are read in a form that dictionaries know, and a change ends a word', () => {
    for (const [language, title, ...queries] of [
      ['th', 'ผ้าสีดำ', 'ดำ', 'ผ้า'],
      ['th', 'เครื่องทำน้ำอุ่น', 'น้ำ', 'ทำ'],
      ['th', 'นํ้าดื่ม', 'น้ำ'],
      ['th', 'เเผ่นรองเมาส์', 'แผ่น'],
      ['th', 'กล้องCanon', 'canon', 'กล้อง'],
      ['th', 'สายUSBยาว', 'usb', 'สาย', 'ยาว'],
      ['th', 'หนังสือ๒เล่ม', '2', '๒', 'หนังสือ'],
      ['lo', 'ຂາຍiPhone', 'iphone', 'ຂາຍ'],
      ['lo', 'ນ້ຳດື່ມ', 'ນ້ຳ', 'ນໍ້າ'],
      ['km', 'សៀវភៅCanon', 'canon', 'សៀវភៅ'],
      ['my', 'စာအုပ်Canon', 'canon', 'စာအုပ်'],
      ['ar', 'شاحنUSB', 'usb', 'شاحن'],
      ['he', 'אייפון13', 'אייפון', '13'],
      ['hi', 'नमस्तेCanon', 'canon', 'नमस्ते'],
      ['bn', 'শার্টXL', 'xl', 'শার্ট'],
      ['ru', 'ЧехолiPhone13про', 'iphone13', 'чехол', 'про'],
      ['ru', 'Насос100вт', '100вт'],
      ['ko', 'LG전자', 'lg', '전자'],
      ['ja', '日本語Canon製カメラ', 'canon', 'カメラ'],
      ['zh', 'iPhone手机壳', 'iphone', '手机'],
      ['ka', 'კაბელიUSB', 'usb', 'კაბელი'],
      ['el', 'ΚάμεραCanon', 'canon', 'καμερα'],
    ])
      for (const query of queries) expect(found(language, [title], query), `${title}: ${query}`).toEqual([title]);
  });

  it('have digits that meet', () => {
    for (const [title, ...queries] of [
      ['مدل ۱۲۳', '123', '١٢٣', '۱۲۳'],
      ['मॉडल ४५६', '456', '४५६'],
      ['মডেল ৭৮৯', '789'],
      ['รุ่น ๓๒๑', '321'],
      ['မော်ဒယ် ၆၅၄', '654'],
      ['ម៉ូដែល ៩៨៧', '987'],
      ['model 123', '۱۲۳', '१२३', '１２３'],
      ['model 𞥑𞥒𞥓', '123'],
    ])
      for (const query of queries) expect(found('en', [title], query), `${title}: ${query}`).toEqual([title]);
  });
});

describe('invisible characters', () => {
  it('do not count, in texts and in queries', () => {
    const signs =
      '\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202e\u2060\u2066\u2069\ufeff\ufe0f\u{e0101}';
    for (const sign of signs) {
      for (const title of [`hello${sign} world`, `${sign}hello world`, `hel${sign}lo world`]) {
        expect(found('en', [title], 'hello'), JSON.stringify(title)).toEqual([title]);
        expect(found('en', ['hello world'], title)).toEqual(['hello world']);
      }
      expect(found('he', [`שלום${sign} עולם`], 'שלום')).toHaveLength(1);
    }
  });

  it('part Persian words, whose pieces are found too', () => {
    const title = 'کتاب‌ها و می‌خواهم';
    for (const query of ['کتاب‌ها', 'کتابها', 'کتاب', 'میخواهم', 'می‌خواهم', 'خواهم'])
      expect(found('fa', [title], query), query).toEqual([title]);
    expect(found('fa', ['کتابها'], 'کتاب‌ها')).toEqual(['کتابها']);
  });

  it('join letters of Indic scripts in one way or another', () => {
    expect(found('hi', ['क्\u200dष रक्षा'], 'क्ष')).toHaveLength(1);
    expect(found('en', ['മലയാളം \u0d28\u0d4d\u200d'], '\u0d28\u0d4d')).toHaveLength(1);
  });
});

describe('signs within words', () => {
  it('are written or left out, and the pieces are found', () => {
    for (const [language, title, ...queries] of [
      ['en', "O'Reilly Media", 'oreilly', 'o’reilly', 'O`Reilly', 'O´Reilly', 'Oʼreilly', 'reilly'],
      ['en', 'OReilly Media', "o'reilly"],
      ['en', "L'Oréal Paris", 'loreal', "l'oreal", 'oreal', 'l’oréal', 'LOREAL'],
      ['en', "Rock'n'roll", 'rock n roll', "rock 'n' roll", 'rocknroll', 'rock’n’roll', 'roll'],
      ['en', "Hallowe'en mask", 'halloween', 'hallowe’en'],
      ['en', "Men's shoes", 'mens', 'men', 'men’s'],
      ['en', "don't stop", 'dont', 'don’t'],
      ['en', 'Node.js book', 'nodejs', 'node', 'node.js', 'NODE JS'],
      ['en', 'Nodejs book', 'node.js'],
      ['en', 'ASP.NET guide', 'aspnet', 'asp.net', 'asp'],
      ['en', 'U.S.A. flag', 'usa', 'U.S.A', 'USA'],
      ['en', 'USA flag', 'U.S.A.', 'u.s.a'],
      ['en', 'T.V. stand', 'tv'],
      ['en', 'Color:Red', 'red', 'color', 'color:red'],
      ['en', 'IMG_2024_beach.jpg', 'beach', 'img', '2024', 'jpg', 'IMG_2024_beach', 'img_2024_beach.jpg'],
      ['en', 'snake_case_name', 'snake', 'case', 'snake_case_name', 'snakecasename'],
      ['fr', "L'Oréal", 'loreal', 'oréal', "l'oreal"],
      ['fr', "aujourd'hui", 'aujourdhui', 'aujourd’hui'],
      ['it', "dell'acqua", 'acqua', 'dellacqua'],
      ['nl', "auto's en foto's", 'autos', 'auto', "foto's"],
      ['ca', 'col·lecció', 'colleccio', 'col·leccio'],
      ['tr', "Ankara'da", 'ankara', 'ankarada'],
      ['he', 'צה"ל', 'צהל', 'צה״ל', 'צה”ל', "צה''ל"],
      ['he', "ג'ינס", 'ג׳ינס', 'גינס', 'ג’ינס'],
      ['uk', "комп'ютер", 'компʼютер', 'комп’ютер', 'компютер'],
      ['en', 'Hawaiʻi map', 'hawaii', "hawai'i"],
      ['und', "Qur'an", 'quran', 'qur’an'],
    ])
      for (const query of queries) expect(found(language, [title], query), `${title}: ${query}`).toEqual([title]);
  });

  it('keep phrases as they are', () => {
    const index = createTokenIndex({ ...options, language: 'en' });
    index.add({ id: 'a', title: "New O'Reilly Media book" });
    index.add({ id: 'b', title: 'Media new book' });
    for (const text of ["o'reilly media", 'oreilly media', 'new o’reilly media book'])
      expect(
        searchTokens(index, { query: { phrase: { text } }, k: 5 }).map(hit => hit.id),
        text,
      ).toEqual(['a']);
    expect(searchTokens(index, { query: { phrase: { text: 'new media' } }, k: 5 })).toEqual([]);
  });
});

describe('abbreviations', () => {
  it('meet their plurals', () => {
    for (const [language, one, many] of [
      ['en', 'tv', 'TVs'],
      ['en', 'dvd', 'DVDs'],
      ['en', 'pc', 'PCs'],
      ['en', 'cd', 'CDs'],
      ['en', 'suv', 'SUVs'],
      ['en', 'cpu', 'CPUs'],
      ['en', 'psu', 'PSUs'],
      ['en', 'led', 'LEDs'],
      ['en', 'mp3', 'MP3s'],
      ['en', 'url', 'URLs'],
      ['en', 'tv', "TV's"],
      ['de', 'pkw', 'PKWs'],
      ['nl', 'tv', "tv's"],
      ['und', 'dvd', 'DVDs'],
    ])
      for (const query of [one, many])
        expect(found(language, [one, many], query).length, `${language}: ${query}`).toBe(2);
    expect(found('en', ['gps'], 'gp')).toEqual([]);
  });
});

describe('emoji', () => {
  it('are words', () => {
    for (const [title, ...queries] of [
      ['Just 🍕', '🍕', '🍕🍕'],
      ['🍕🍕🍕pizza night', '🍕', 'pizza'],
      ['I ❤️ NY', '❤', '❤️'],
      ['👍🏽 good', '👍', '👍🏿'],
      ['👩‍🚀 astronaut', '👩‍🚀'],
      ['flag 🇫🇷', '🇫🇷'],
      ['love😍it', '😍', 'love'],
      ['สุข😍มาก', '😍'],
      ['1️⃣ first', '1', '1️⃣'],
      ['☎ phone', '☎️'],
    ])
      for (const query of queries) expect(found('en', [title], query), `${title}: ${query}`).toEqual([title]);
    expect(found('en', ['Foo® one'], '®')).toEqual([]);
  });
});

describe('several languages in one index', () => {
  const rows = [
    { id: 'de', title: 'Rote Schuhe', language: 'de' },
    { id: 'es', title: 'Zapatos de niño', language: 'es' },
    { id: 'fr', title: 'Chaussures élégantes', language: 'fr' },
    { id: 'sv', title: 'Smörgåsar', language: 'sv' },
    { id: 'ru', title: 'Красные ботинки', language: 'ru' },
    { id: 'tr', title: 'Kırmızı ayakkabılar', language: 'tr' },
    { id: 'en', title: 'Red running shoes' },
  ];
  it('find what is written letter for letter, whatever language a query names', () => {
    for (const language of ['en', 'und', 'de']) {
      const index = createTokenIndex({ ...options, language });
      for (const row of rows) index.add(row);
      for (const asked of [undefined, 'en', 'de', 'fr', 'ru', 'zh'])
        for (const { id, title } of rows)
          for (const text of [title, ...title.split(' ').filter(word => word !== 'de')]) {
            const hits = searchTokens(index, { text, language: asked, k: 5 });
            expect(hits[0]?.id, `${language}, ${asked}: ${text}`).toBe(id);
          }
    }
  });
});
