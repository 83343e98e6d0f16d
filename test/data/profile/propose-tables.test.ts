import { describe, expect, it } from 'vitest';
import { proposeTable, type TableProposal } from '../../../data/profile/propose-tables.js';
import type { RawRow } from '../../../data/sources/raw-row.js';
import { columnsOf, rowsOf, shop } from './rows.js';

const propose = async (rows: readonly RawRow[], name = 'rows.csv'): Promise<TableProposal> =>
  proposeTable(await columnsOf(rows), name);

/** field -> column */
const chosen = ({ columns }: { readonly columns: Readonly<Record<string, { readonly column: string } | undefined>> }) =>
  Object.fromEntries(Object.entries(columns).map(([field, choice]) => [field, choice?.column]));

const mapped = async (rows: readonly RawRow[]) => chosen(await propose(rows));

describe('a log', () => {
  it('whose query and document are called as nobody knows is known by what stands there', async () => {
    const rows = rowsOf(300, i => ({
      relace: `s${Math.floor(i / 3)}`,
      čas: 1_764_000_000 + i,
      akce: ['hledání', 'klik', 'košík'][i % 3],
      napsáno: i % 3 === 0 ? `kytara ${['černá', 'bílá'][i % 2]} ${i}` : undefined,
      zboží: i % 3 === 0 ? undefined : `HN-${i % 50}`,
    }));
    const proposal = await propose(rows);
    expect(proposal.kind).toBe('events');
    expect(chosen(proposal)).toEqual({
      session: 'relace',
      time: 'čas',
      type: 'akce',
      query: 'napsáno',
      documentId: 'zboží',
    });
  });
});

describe('documents', () => {
  it('of a shop, with the reason for each column', async () => {
    const proposal = await propose(shop);
    expect(proposal.kind).toBe('documents');
    expect(chosen(proposal)).toEqual({
      id: 'sku',
      title: 'name',
      description: 'long_description',
      price: 'price',
      images: 'image_url',
    });
    const { id, images } = proposal.columns as Record<string, { reason: string }>;
    expect([id.reason, images.reason]).toEqual(['unique in all 952 rows', '100 % name pictures']);
  });

  it('with German columns', async () => {
    const rows = rowsOf(100, i => ({
      Artikelnummer: `00${i}`,
      Bezeichnung: `Gartenschlauch ${i} Meter lang`,
      Langtext:
        'Ein Schlauch, der auch im Winter nicht bricht und der sich leicht aufrollen lässt, mit Anschluss und Düse.',
      'VK-Preis': `${i},90`,
      Bild: `bilder/${i}.jpg`,
      Land: ['DE', 'AT', 'CH'][i % 3],
      Sprache: 'de',
    }));
    expect(await mapped(rows)).toEqual({
      id: 'Artikelnummer',
      title: 'Bezeichnung',
      description: 'Langtext',
      price: 'VK-Preis',
      images: 'Bild',
      country: 'Land',
      language: 'Sprache',
    });
  });

  it('with Japanese columns', async () => {
    const rows = rowsOf(100, i => ({
      商品コード: `A${i}`,
      商品名: `ガーデンホース ${i}メートル`,
      商品説明: '庭の水やりに使える軽くて丈夫なホースです。巻き取りも簡単で、収納に困りません。',
      販売価格: `¥${i},980`,
      画像URL: `https://img.example.jp/${i}.jpg`,
    }));
    expect(await mapped(rows)).toEqual({
      id: '商品コード',
      title: '商品名',
      description: '商品説明',
      price: '販売価格',
      images: '画像URL',
    });
  });

  it.each(['Opis produktu', 'long_desc', 'Descripción larga', 'desc'])(
    'whose short sentences stand in %s, and no short label of such a name',
    async name => {
      const rows = rowsOf(100, i => ({
        kod: `0${i}`,
        nazwa: `Lekki młotek ${i}`,
        [name]: `Lekki młotek dla domu, model ${i}.`,
      }));
      expect(await mapped(rows)).toMatchObject({ title: 'nazwa', description: name });
      const labels = rowsOf(100, i => ({
        kod: `0${i}`,
        nazwa: `Lekki młotek ${i}`,
        'text colour': ['red', 'blue'][i % 2],
      }));
      expect(await mapped(labels)).not.toHaveProperty('description');
    },
  );

  it('whose columns bear names that say nothing: their values decide', async () => {
    const rows = shop.map(row => ({
      a: row.sku,
      b: row.name,
      c: row.long_description,
      d: row.image_url,
      e: row.brand,
    }));
    expect(await mapped(rows)).toEqual({ id: 'a', title: 'b', description: 'c', images: 'd' });
  });

  it('whose columns bear misleading names: values decide', async () => {
    // `id` repeats, `name` is a brand, `image` is a number of pictures, `country` is a place of origin in words
    const rows = shop.map((row, i) => ({
      id: i % 7,
      name: row.brand,
      title: row.name,
      code: `c${i}`,
      image: i % 4,
      country: ['China', 'Italy'][i % 2],
    }));
    expect(await mapped(rows)).toEqual({ id: 'code', title: 'title' });
  });

  it('with a model number beside the title: the one that says more is the title', async () => {
    const rows = rowsOf(100, i => ({
      id: i,
      name: `dv7-${i}ea`,
      title: `HP Pavilion dv7-${i}ea Notebook Silver ${i} cm`,
    }));
    expect(await mapped(rows)).toMatchObject({ title: 'title' });
  });

  it('with two columns that may be the title: the other is named', async () => {
    const rows = rowsOf(100, i => ({ id: i, name: `garden hose of ${i} metres`, title: `hose for gardens of ${i} m` }));
    const { columns } = await propose(rows);
    expect(Object.values(columns).flatMap(choice => choice?.others ?? [])).toHaveLength(1);
  });

  it('with ids that repeat are told how often and where', async () => {
    const rows = rowsOf(100, i => ({ sku: i === 50 ? 's3' : `s${i}`, name: `garden hose ${i}` }));
    const { columns } = await propose(rows);
    expect((columns as Record<string, { reason: string }>).id.reason).toBe('1 of 100 rows repeat one, first row 52');
  });

  it('with a column of keywords are no pairs', async () => {
    expect((await propose(shop.map((row, i) => ({ ...row, keywords: `hose ${i}` })))).kind).toBe('documents');
  });

  it('that have no title are none', async () => {
    const proposal = await propose(
      rowsOf(100, i => ({ id: i, gender: ['Men', 'Women'][i % 2], year: 2010 + (i % 5) })),
    );
    expect(proposal.kind).toBe('unknown');
  });
});

describe('pairs', () => {
  it('of clicks', async () => {
    const proposal = await propose(
      rowsOf(100, i => ({ Suchbegriff: `schlauch ${i % 9}`, Artikelnummer: 100 + (i % 30), Anzahl: i % 5 })),
    );
    expect(proposal.kind).toBe('pairs');
    expect(chosen(proposal)).toEqual({ query: 'Suchbegriff', documentId: 'Artikelnummer' });
  });

  it('with judgements, each row telling of its document', async () => {
    const rows = rowsOf(300, i => ({
      id: i,
      product_uid: 100 + (i % 90),
      product_title: `Simpson Strong-Tie ${i % 90}-Gauge Angle bracket`,
      search_term: `angle bracket ${i % 40}`,
      relevance: 1 + (i % 3),
    }));
    const proposal = await propose(rows);
    if (proposal.kind !== 'pairs') throw new Error(proposal.kind);
    expect(chosen(proposal)).toEqual({ query: 'search_term', documentId: 'product_uid', gain: 'relevance' });
    expect(proposal.columns.gain?.reason).toBe('judgements from 1 to 3');
    expect(chosen({ columns: proposal.documents ?? {} })).toEqual({ id: 'product_uid', title: 'product_title' });
  });
});

describe('events', () => {
  it.each<[string, RawRow]>([
    [
      'of Google Analytics',
      {
        ga_session_id: 's',
        event_timestamp: 1714557700000000,
        event_name: 'select_item',
        search_term: 'hose',
        item_id: 'p',
      },
    ],
    ['by plain names', { session: 's', time: '2024-05-01T10:00:00Z', type: 'click', query: 'hose', documentId: 'p' }],
    [
      'in German',
      {
        Sitzung: 's',
        Zeitpunkt: '2024-05-01 10:00:00',
        Ereignis: 'Klick',
        Suchbegriff: 'schlauch',
        Artikelnummer: 'p',
      },
    ],
  ])('%s', async (_, row) => {
    const [session, , type, query, documentId] = Object.keys(row);
    const rows = rowsOf(200, i => ({
      ...row,
      [session]: `s${i % 40}`,
      [type]: ['suche', 'klick'][i % 2],
      [query]: i % 2 === 0 ? `garden hose ${i}` : undefined,
      [documentId]: i % 2 === 1 ? `p${i}` : undefined,
    }));
    const proposal = await propose(rows);
    expect(proposal.kind).toBe('events');
    expect(Object.values(chosen(proposal))).toEqual(Object.keys(row));
  });

  it('are held together by their session before their visitor', async () => {
    const rows = rowsOf(100, i => ({
      user_id: `u${i % 5}`,
      session_id: `s${i % 20}`,
      ts: 1714557700 + i,
      action: i % 2 ? 'click' : 'search',
      q: 'a b',
      item: `p${i}`,
    }));
    expect(await mapped(rows)).toMatchObject({ session: 'session_id' });
  });
});

describe('queries', () => {
  it.each<[string, RawRow[]]>([
    ['queries.test.jsonl', rowsOf(50, i => ({ id: `q${i}`, text: `garden hose ${i}` }))],
    ['topics.tsv', rowsOf(50, i => ({ query_id: `q${i}`, query: `garden hose ${i}` }))],
  ])('%s', async (name, rows) => expect((await propose(rows, name)).kind).toBe('queries'));

  it('a text by itself is a title where the file is not named after queries', async () => {
    expect(
      (
        await propose(
          rowsOf(50, i => ({ id: `q${i}`, text: `garden hose ${i}` })),
          'things.jsonl',
        )
      ).kind,
    ).toBe('documents');
  });
});

describe('a log of events', () => {
  it.each([
    ['Italian', ['sessione', 'quando', 'azione', 'ricerca', 'codice']],
    ['Spanish', ['sesion', 'cuando', 'accion', 'busqueda', 'codigo']],
    ['Portuguese', ['sessao', 'data', 'acao', 'pesquisa', 'codigo']],
    ['Polish', ['sesja', 'czas', 'akcja', 'zapytanie', 'kod']],
    ['Turkish', ['oturum', 'zaman', 'olay', 'arama', 'kod']],
    ['Dutch', ['sessie', 'tijd', 'soort', 'zoekterm', 'artikelnr']],
    ['English, but for the type,', ['session', 'time', 'what_happened', 'query', 'sku']],
  ])('with %s columns', async (_language, [session, time, type, query, documentId]) => {
    const rows = rowsOf(300, i => ({
      [session]: `s${Math.floor(i / 3)}`,
      [time]: String(1_735_000_000 + i * 20),
      [query]: ['vermentino', 'barbera langhe', 'nebbiolo'][Math.floor(i / 3) % 3],
      // a search is of no document
      [documentId]: i % 3 === 0 ? '' : `VN-${100 + (i % 40)}`,
      [type]: ['search', 'click', 'purchase'][i % 3],
    }));
    const proposal = await propose(rows, 'log.csv');
    expect([proposal.kind, chosen(proposal)]).toEqual(['events', { session, time, type, query, documentId }]);
  });
});
