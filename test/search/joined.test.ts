import { describe, expect, it } from 'vitest';
import { shopOf } from './shop.js';

/** Each list is one thing written in several ways: each way finds all titles that hold one of them, and no other. */
const families: readonly (readonly [string, readonly string[], (readonly string[])?])[] = [
  ['wifi', ['wifi', 'WiFi', 'Wi-Fi', 'wi fi', 'WI-FI', 'wi‑fi'], ['hi-fi set', 'fi fo fum']],
  ['usb-c', ['USB-C', 'usbc', 'usb c', 'USB/C'], ['usb b cable', 'vitamin c']],
  ['t-shirt', ['t-shirt', 'tshirt', 'T shirt', 'T-Shirts'], ['dress shirt', 'model t ford']],
  ['e-mail', ['email', 'e-mail', 'E-Mail'], ['mail box', 'e bike']],
  ['x-ray', ['x-ray', 'xray', 'X ray', 'X-Rays'], ['sting ray', 'x box']],
  ['co-op', ['co-op', 'coop', 'CO-OP'], ['op art', 'co worker']],
  ['part number', ['AB-1234/X', 'AB1234X', 'ab 1234 x', 'AB1234-X', 'AB-1234X', 'AB.1234.X'], ['AB 99', 'X 1234']],
  ['isbn', ['978-0-306-40615-7', '9780306406157', '978 0 306 40615 7', '978-0306406157'], ['978-1-111-11111-1']],
  ['telephone', ['555-123-4567', '5551234567', '555 123 4567', '(555) 123-4567'], ['555 999', '123 abc']],
  ['black-out', ['blackout', 'black-out', 'black out', 'Black/Out'], ['black tie', 'out door']],
  ['notebook', ['dv7-1211ea', 'dv71211ea', 'DV7 1211EA', 'dv7/1211ea'], ['dv7 9000', '1211 ea']],
  ['game', ['tic-tac-toe', 'tictactoe', 'tic tac toe'], ['tic tac', 'toe nail']],
  ['thousand', ['10000', '10 000'], ['10 20', '000 steel']],
  ['ausser-haus', ['Außer-Haus', 'außerhaus', 'ausser haus'], ['haus', 'außer dienst']],
  ['кофе-машина', ['кофе-машина', 'кофемашина', 'кофе машина'], ['кофе', 'машина']],
  ['4-pack', ['4-pack', '4pack', '4 pack'], ['pack of 6', '4 wheels']],
];

const versions: readonly (readonly [asked: string, found: string])[] = [
  ['usb3.0', 'USB 3.0 hub'],
  ['usb 3.2', 'USB3.2 cable'],
  ['hdmi2.1', 'HDMI 2.1 splitter'],
  ['windows8.1', 'Windows 8.1 key'],
  ['bluetooth5.3', 'Bluetooth 5.3 speaker'],
  ['f2.8', 'Lens 35mm f/2.8'],
  ['v2.4.1', 'Firmware v2.4.1'],
  ['версия2.0', 'Версия 2.0'],
];

describe('letters glued to a decimal', () => {
  const shop = shopOf([...versions.map(([, title]) => title), 'USB 2.0 hub', 'Lens f/1.8', 'HDMI 1.4']);
  it.each(versions)('%s finds %s', (asked, found) => {
    expect(shop.find(asked)[0]).toBe(found);
  });

  it('are excluded whole', () => {
    expect(shop.read('hub -usb3.0')).toEqual(['USB 2.0 hub']);
  });
});

describe('one word, cut in any way', () => {
  for (const [name, ways, others = []] of families) {
    const titles = [...ways.map((way, i) => `${way} thing ${'abcdefgh'[i]}`), ...others];
    const shop = shopOf(titles, { language: /[а-я]/.test(name) ? 'ru' : /haus/.test(name) ? 'de' : 'en' });
    it.each(ways)(`${name}: %s`, way => {
      const found = shop.read(`+"${way}"`);
      expect(found.sort()).toEqual(titles.slice(0, ways.length).sort());
      // as plain words the same stand first
      expect(shop.find(way).slice(0, ways.length).sort()).toEqual(titles.slice(0, ways.length).sort());
    });
  }

  it.each(families.map(([, ways]) => ways))('stands in one document alone, whatever way is asked: %s', (...ways) => {
    for (const written of ways) {
      const shop = shopOf([`thing ${written} here`, 'another thing']);
      for (const way of ways) expect([way, shop.find(way)]).toEqual([way, [`thing ${written} here`]]);
    }
  });
});

describe('a join that documents know', () => {
  it.each([
    ['tshirt', ['T-shirt', 'dress shirt', 'shirt', 'shirts'], 1],
    ['email', ['e-mail guide', 'mail box', 'mail order', 'mail'], 1],
    ['xbox', ['X-box one', 'box one', 'box two', 'box three'], 1],
    ['ebike', ['e bike', 'bike a', 'bike b', 'bike c'], 1],
  ])('comes before a correction: %s', (text, titles, count) => {
    expect(shopOf(titles).find(text)).toEqual(titles.slice(0, count));
  });

  it('is not found in one letter that stands beside many words', () => {
    const heaters = ['heater w 10', 'heater', 'heaters', 'gas heater', 'heater b', 'panel w 5', 'w 6', 'w 7'];
    expect(shopOf(heaters).find('heaterw')).toContain('gas heater');
  });
});

describe('a phrase', () => {
  const shop = shopOf(
    ['wi-fi antenna', 'wifi antenna', 'wi fi antenna', 'wifi for an antenna', 'hi-fi antenna', 'NY antenna'],
    {
      synonyms: ['ny, wifi'],
    },
  );
  it.each(['"wi-fi antenna"', '"wifi antenna"', '"WiFi antenna"'])('knows its words however they are cut: %s', text =>
    expect(shop.read(text).sort()).toEqual(['wi fi antenna', 'wi-fi antenna', 'wifi antenna']),
  );
});

describe('Korean with spaces and without', () => {
  const shop = shopOf(
    [
      '고양이사료 5kg',
      '고양이 사료 캔',
      '고양이 모래',
      '강아지 사료',
      '스마트 폰 케이스',
      '스마트폰 거치대',
      '무선 청소기',
      '무선청소기 스틱',
      '유선 마우스',
      '물티슈 리필',
      '물 티슈 캡',
      '핸드크림 장미',
      '핸드 크림 세트',
      '선크림',
    ],
    { language: 'ko' },
  );
  it.each([
    ['고양이 사료', ['고양이 사료 캔', '고양이사료 5kg']],
    ['고양이사료', ['고양이사료 5kg', '고양이 사료 캔']],
    ['스마트폰', ['스마트폰 거치대', '스마트 폰 케이스']],
    ['스마트 폰', ['스마트 폰 케이스', '스마트폰 거치대']],
    ['무선청소기', ['무선청소기 스틱', '무선 청소기']],
    ['무선 청소기', ['무선 청소기', '무선청소기 스틱']],
    ['물티슈', ['물티슈 리필', '물 티슈 캡']],
    ['물 티슈', ['물 티슈 캡', '물티슈 리필']],
    ['핸드크림', ['핸드크림 장미', '핸드 크림 세트']],
    ['핸드 크림', ['핸드 크림 세트', '핸드크림 장미']],
  ])('%s finds both before all others', (text, titles) =>
    expect(shop.find(text).slice(0, 2).sort()).toEqual([...titles].sort()),
  );
});

describe('the number of an article without its last letters', () => {
  const shop = shopOf([
    'Makita DHP482Z drill',
    'Makita DTD152Z driver',
    'Intel i5-13600K',
    'Casio F91W watch',
    'Toner CF259X',
    'Bearing 6204ZZ',
    'Lamp A60',
    'DHP4821 other',
    'Samsung A54 5G',
    'Dell P2419H monitor',
    'HP M404dn printer',
  ]);
  it.each([
    ['dhp482', 'Makita DHP482Z drill'],
    ['dtd152', 'Makita DTD152Z driver'],
    ['i513600k', 'Intel i5-13600K'],
    ['i5 13600k', 'Intel i5-13600K'],
    ['f91', 'Casio F91W watch'],
    ['cf259', 'Toner CF259X'],
    ['p2419', 'Dell P2419H monitor'],
    ['m404', 'HP M404dn printer'],
    ['a54', 'Samsung A54 5G'],
  ])('finds it: %s', (text, title) => expect(shop.find(text)[0]).toBe(title));

  it('finds no other number', () => {
    for (const text of ['dhp48', 'dhp483', 'a6', 'p241']) expect([text, shop.find(text)]).toEqual([text, []]);
  });
});
