import { describe, expect, it } from 'vitest';
import { shopOf } from './shop.js';

/** `one form/another` of a word that a stemmer leaves apart, by language. */
const words: Readonly<Record<string, string>> = {
  en: 'knives/knife bookshelves/bookshelf mice/mouse feet/foot teeth/tooth grandchildren/grandchild wolves/wolf geese/goose workmen/workman lenses/lens cacti/cactus people/person scarves/scarf indices/index',
  nl: 'kinderen/kind eieren/ei bladeren/blad steden/stad schepen/schip glazen/glas kleren/kleed gaten/gat bedden/bed daken/dak',
  de: 'Museen/Museum Kakteen/Kaktus Globen/Globus Terrarien/Terrarium Alben/Album Firmen/Firma Konten/Konto Themen/Thema Villen/Villa Risiken/Risiko',
  fr: 'travaux/travail yeux/oeil vitraux/vitrail jeux/jeu cheveux/cheveu photos/photo clous/clou tissus/tissu bleus/bleu amis/ami vélos/velo',
  es: 'lápices/lápiz luces/luz narices/nariz peces/pez cruces/cruz voces/voz lapices/lapiz nueces/nuez raíces/raíz tapices/tapiz',
  pt: 'aviões/avião botões/botão colchões/colchão papéis/papel lençóis/lençol funis/funil jardins/jardim botoes/botao anéis/anel móveis/móvel azuis/azul animais/animal',
  it: 'uomini/uomo laghi/lago buoi/bue uova/uovo',
  sv: 'böcker/bok fötter/fot gäss/gås nötter/nöt händer/hand tänder/tand stövlar/stövel nycklar/nyckel cyklar/cykel gafflar/gaffel städer/stad',
  da: 'hænder/hånd mænd/mand tænder/tand børn/barn gæs/gås cykler/cykel bøger/bog fødder/fod gafler/gaffel søskende/søskende',
  no: 'føtter/fot hender/hånd menn/mann tenner/tann støvler/støvel nøkler/nøkkel sykler/sykkel gafler/gaffel bøker/bok gjess/gås',
  ru: 'ложек/ложка подушек/подушка чашек/чашка кошек/кошка сумок/сумка окон/окно людей/человек кресел/кресло полотенец/полотенце щёток/щетка игрушек/игрушки',
  uk: 'ложок/ложка подушок/подушка чашок/чашка діти/дитина ножі/ніж столи/стіл коти/кіт вікон/вікно іграшок/іграшка шкарпеток/шкарпетка',
  pl: 'łyżek/łyżka książek/książka poduszek/poduszka zabawek/zabawka okien/okno psy/pies szczotek/szczotka ręce/ręka filiżanek/filiżanka łóżek/łóżko',
  cs: 'lžic/lžíce děti/dítě nože/nůž stoly/stůl oken/okno psi/pes domy/dům voly/vůl ruce/ruka uši/ucho',
  hr: 'djeca/dijete stolovi/stol noževi/nož psi/pas gradovi/grad krajevi/kraj ruke/ruka ljudi/čovjek oči/oko zidovi/zid',
  bg: 'ножове/нож деца/дете столове/стол часове/час градове/град очи/око уши/ухо домове/дом плодове/плод хора/човек',
  fi: 'kupit/kuppi lakanat/lakana veitset/veitsi kengät/kenkä pöydät/pöytä lapset/lapsi paidat/paita takit/takki sukat/sukka hatut/hattu',
  hu: 'tükrök/tükör lovak/ló bokrok/bokor kanalak/kanál poharak/pohár madarak/madár kosarak/kosár levelek/levél fazekak/fazék vödrök/vödör',
  el: 'βιβλία/βιβλίο παιδιά/παιδί ψυγεία/ψυγείο κουτιά/κουτί εργαλεία/εργαλείο ποτήρια/ποτήρι χαλιά/χαλί σακίδια/σακίδιο μολύβια/μολύβι κλειδιά/κλειδί',
  ro: 'copii/copil mese/masă flori/floare ouă/ou mâini/mână oameni/om cămăși/cămașă roți/roată scări/scară pietre/piatră',
  he: 'ספרים/ספר נעליים/נעל ילדים/ילד כיסאות/כיסא שולחנות/שולחן מנורות/מנורה תמונות/תמונה מזלגות/מזלג סכינים/סכין תיקים/תיק',
  ar: 'كتب/كتاب أطفال/طفل أحذية/حذاء أقلام/قلم كراسي/كرسي مفاتيح/مفتاح هواتف/هاتف حقائب/حقيبة فساتين/فستان خواتم/خاتم',
};

describe.each(Object.entries(words))('forms of a word that a stemmer leaves apart (%s)', (language, pairs) => {
  it.each(pairs.split(' ').map(pair => pair.split('/')))('%s and %s', (one, other) => {
    for (const [written, typed] of [
      [one, other],
      [other, one],
    ]) {
      const shop = shopOf([`${written} 77`, 'xyzzy 12'], { language });
      expect([typed, shop.find(typed)]).toEqual([typed, [`${written} 77`]]);
    }
    // the form as it is typed comes first
    const both = shopOf([`${one} 77`, `${other} 78`], { language });
    expect(both.find(one)[0]).toBe(`${one} 77`);
  });
});

it('words that end like a plural and are none stay by themselves', () => {
  const shop = shopOf(['specimen jar', 'ramen soup', 'olives green', 'police badge', 'slice toaster', 'sleeves long']);
  for (const text of ['speciman', 'raman', 'olife', 'man', 'louse', 'sleeve'])
    expect([text, shop.read(`+"${text}"`)]).toEqual([text, text === 'sleeve' ? ['sleeves long'] : []]);
});
