import { describe, expect, it } from 'vitest';
import { guessLanguage } from '../../../data/profile/guess-language.js';

const texts: Readonly<Record<string, string>> = {
  en: 'This is a hose for the garden, and it is made of rubber that will not break in the winter.',
  de: 'Das ist ein Schlauch für den Garten, und er ist aus Gummi, das auch im Winter nicht bricht und mit der Zeit nicht hart wird.',
  fr: 'Ce tuyau pour le jardin est fait de caoutchouc et ne casse pas dans le froid, avec un embout sur les deux côtés.',
  es: 'Esta manguera para el jardín es de goma y no se rompe con el frío, como todas las que son de una pieza.',
  nl: 'Deze slang voor de tuin is van rubber en het is niet stuk te krijgen met de kou, ook niet in de winter van dit jaar.',
  ru: 'Этот шланг для сада из резины и не ломается на морозе, как и все, что мы делаем для вас.',
  uk: 'Цей шланг для саду із гуми та не ламається на морозі, як і все, що ми робимо для вас і ваших дітей, або для дому.',
  ja: '庭の水やりに使える軽くて丈夫なホースです。',
  ko: '정원에 물을 주는 가볍고 튼튼한 호스입니다.',
  zh: '用于花园浇水的轻便耐用的软管，冬天不会破裂。',
  th: 'สายยางสำหรับสวนที่เบาและทนทาน',
  el: 'Το λάστιχο για τον κήπο είναι από καουτσούκ και δεν σπάει',
};

/** What a shop sells, without an article or a preposition. */
const titles: Readonly<Record<string, string>> = {
  en: 'Cordless drill, Jigsaw, Desk lamp, Folding chair, Coffee table, Step ladder, Flat brush, Tool box, Garden hose, Wheelbarrow | black, large, steel, wooden, heavy',
  de: 'Bohrmaschine, Stichsäge, Schreibtischlampe, Klappstuhl, Couchtisch, Leiter, Flachpinsel, Werkzeugkiste, Gartenschlauch | schwarz, groß, Stahl, Holz, schwer',
  fr: 'Perceuse, Scie sauteuse, Lampe bureau, Chaise pliante, Table basse, Échelle, Pinceau plat, Boîte outils, Tuyau arrosage | noir, grand, acier, bois, lourd',
  es: 'Taladro inalámbrico, Sierra caladora, Lámpara escritorio, Silla plegable, Mesa baja, Escalera, Brocha plana, Manguera jardín | negro, grande, acero, madera, pesado',
  it: 'Trapano batteria, Seghetto alternativo, Lampada scrivania, Sedia pieghevole, Tavolino basso, Scala, Pennello piatto, Carriola | nero, grande, acciaio, legno, pesante',
  nl: 'Accuboormachine, Decoupeerzaag, Bureaulamp, Klapstoel, Salontafel, Ladder, Platte kwast, Gereedschapskist, Tuinslang, Kruiwagen | zwart, groot, staal, hout, zwaar',
  pl: 'Wiertarka akumulatorowa, Wyrzynarka, Lampa biurkowa, Krzesło składane, Stolik kawowy, Drabina, Pędzel płaski, Wąż ogrodowy | czarny, duży, stalowy, drewniany, ciężki',
  sv: 'Borrmaskin, Sticksåg, Skrivbordslampa, Fällstol, Soffbord, Stege, Platt pensel, Verktygslåda, Trädgårdsslang, Skottkärra | svart, stor, stål, trä, tung',
  tr: 'Akülü matkap, Dekupaj testere, Masa lambası, Katlanır sandalye, Orta sehpa, Merdiven, Düz fırça, Alet çantası, Bahçe hortumu | siyah, büyük, çelik, ahşap, ağır',
  fi: 'Akkuporakone, Pistosaha, Pöytälamppu, Kokoontaitettava tuoli, Sohvapöytä, Tikkaat, Työkalupakki, Puutarhaletku, Kottikärryt | musta, suuri, teräs, puinen, raskas',
  cs: 'Vrtačka, Přímočará pila, Stolní lampa, Skládací židle, Konferenční stolek, Žebřík, Plochý štětec, Zahradní hadice, Kolečko | černý, velký, ocelový, dřevěný, těžký',
  pt: 'Furadeira, Serra tico-tico, Luminária mesa, Cadeira dobrável, Mesa centro, Escada, Pincel chato, Mangueira jardim, Carrinho mão | preto, grande, aço, madeira, pesado',
  ru: 'Дрель, Лобзик, Лампа настольная, Стул складной, Столик журнальный, Лестница, Кисть плоская, Шланг садовый, Тачка садовая | чёрный, большой, стальной, деревянный, тяжёлый',
};

describe('the language of texts', () => {
  it.each(Object.entries(texts))('%s', (language, text) => {
    // function words are counted: a catalogue has more than one text
    expect(guessLanguage(new Array<string>(10).fill(text)).language).toBe(language);
  });

  it.each(Object.entries(titles))('%s, by titles alone', (language, words) => {
    const [nouns, adjectives] = words.split(' | ').map(part => part.split(', '));
    expect(guessLanguage(nouns.flatMap(noun => adjectives.map((each, i) => `${noun} ${each} ${i}`))).language).toBe(
      language,
    );
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a few titles', ['Simpson Strong-Tie 12-Gauge Angle', 'Delta Vero 1-Handle Faucet'], /too few function words/],
    ['one word that is a name in another language', new Array<string>(50).fill('Puma Men Grey T-shirt'), /too few/],
    ['no letters', ['12 34', '-'], /no letters/],
    [
      'Danish and Norwegian',
      new Array<string>(20).fill('en slange til hagen og huset, som ikke er av gummi, for det er de med om vinteren'),
      /fit (?:da|no) and (?:da|no)/,
    ],
    ['as much of one script as of others', ['шлангabcdef庭水花浇破裂軽'], /several scripts/],
  ])('cannot be told: %s', (_, given, reason) => {
    const { language, reason: told } = guessLanguage(given);
    expect(language).toBeUndefined();
    expect(told).toMatch(reason);
  });
});
