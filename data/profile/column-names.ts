/** Fields that a column may hold, of documents, pairs, queries and events. */
export type ProposedField =
  | 'id'
  | 'title'
  | 'description'
  | 'price'
  | 'images'
  | 'country'
  | 'language'
  | 'query'
  | 'documentId'
  | 'gain'
  | 'session'
  | 'time'
  | 'type';

/** Names of columns by field, in the languages of shops; the words of one name are parted by a space. Names are hints: values decide. */
const hints: Readonly<Record<ProposedField, string>> = {
  id: `id, sku, ean, gtin, gtin13, upc, isbn, asin, uid, uuid, guid, mpn, handle, key, code, number, product id, item id, document id,
    product uid, doc id, docid, article id, product code, item code, item number, part number, product number, parent asin,
    artikelnummer, artikel nr, artikelnr, artnr, art nr, bestellnummer, produktnummer, produktnr, produkt id, artikel id, nummer,
    reference, ref, code article, code produit, identifiant, referencia, codigo, codice, codice articolo, artikelcode, productnummer,
    varenummer, varenr, artikkelnummer, kod, kod produktu, numer, tuotenumero, cikkszam, stok kodu, артикул, код, код товара,
    商品コード, 商品番号, 商品id, 品番, 管理番号, 商品编号, 编号, 货号, 상품코드, 상품번호`,
  title: `title, name, product name, product title, display name, item name, item title, headline, subject, label, designation, titel, bezeichnung,
    produktname, produkttitel, produktbezeichnung, artikelname, artikelbezeichnung, nom, nom du produit, titre, libelle, intitule,
    nombre, nombre del producto, titulo, nome, nome prodotto, titolo, denominazione, naam, productnaam, navn, produktnavn, namn,
    produktnamn, tittel, nazwa, nazwa produktu, nazev, nimi, tuotenimi, megnevezes, nev, denumire, urun adi, название, наименование,
    имя, 商品名, 製品名, 名前, 名称, タイトル, 品名, 标题, 商品名称, 产品名称, 상품명, 제품명, 이름, 제목`,
  description: `description, long description, short description, product description, desc, long desc, short desc, product desc, descr, body, body html, text, content, details, summary, overview,
    abstract, features, bullet points, about product, beschreibung, langbeschreibung, kurzbeschreibung, produktbeschreibung,
    artikelbeschreibung, beschreibungstext, langtext, kurztext, descriptif, descripcion, descrizione, descricao, omschrijving, toelichting,
    productomschrijving, beskrivelse, beskrivning, opis, popis, kuvaus, leiras, descriere, aciklama, описание, 説明, 商品説明, 商品の説明,
    詳細, 描述, 商品描述, 详情, 설명, 상품설명`,
  price: `price, sale price, list price, unit price, regular price, current price, retail price, selling price, variant price, price eur, price usd,
    price gbp, amount, preis, verkaufspreis, bruttopreis, listenpreis, preis eur, vk, vk brutto, prix, prix ttc, tarif, precio, prezzo,
    preco, prijs, verkoopprijs, pris, cena, hinta, ar, pret, fiyat, цена, 価格, 値段, 販売価格, 税込価格, 单价, 价格, 售价, 가격, 판매가`,
  images: `image, images, image url, image urls, image link, image src, image path, img, img url, picture, pictures, picture url, photo, photos, thumbnail,
    thumb, main image, bild, bilder, bild url, bildlink, bildurl, foto, fotos, photo url, imagen, imagenes, immagine, immagini, imagem,
    afbeelding, bilde, kuva, zdjecie, zdjecia, obrazek, resim, изображение, фото, картинка, 画像, 商品画像, 画像url, 图片, 主图, 이미지`,
  country: `country, country code, market, market country, land, laendercode, landercode, landcode, pays, code pays, pais, paese, kraj, страна, 国, 国コード,
    国家, 국가`,
  language: `language, language code, lang, locale, sprache, sprachcode, langue, idioma, lingua, taal, sprak, sprog, jezyk, kieli, язык, 言語, 语言, 언어`,
  query: `query, queries, search query, search term, search terms, searchterm, search text, search phrase, search, term, q, keyword, keywords, phrase,
    question, query text, querytext, user query, suchbegriff, suchanfrage, suchwort, suche, suchtext, anfrage, requete, recherche, mot cle,
    terme de recherche, consulta, busqueda, termino de busqueda, ricerca, termine di ricerca, zoekterm, zoekopdracht, sokord, sogeord,
    zapytanie, pesquisa, busca, termo de pesquisa, arama, arama terimi, dotaz, hakusana, запрос, поисковый запрос, 検索語, 検索キーワード, 検索ワード, クエリ, キーワード, 搜索词, 查询, 关键词, 검색어`,
  documentId: `document id, documentid, doc id, docid, document, doc, product id, productid, product, product uid, item id, itemid, item, sku, asin, corpus id,
    target, target id, clicked product, clicked id, object id, listing id, article id, artikelnummer, artikel id, artikel, produkt id,
    produkt, produktnummer, vyrobek, vyrobok, polozka, termek, produs, tavare, id produit, produit, id producto, producto, id prodotto, prodotto, product nummer, vare id, tuote,
    товар, id товара, 商品id, 商品コード, 商品番号, 商品编号, 상품코드, 상품번호`,
  gain: `gain, rating, relevance, relevance score, judgement, judgment, grade, label, score, final rating, esci label, relevanz, bewertung, pertinence,
    note, relevancia, rilevanza, 評価, 相关性`,
  session: `session, session id, sessionid, ga session id, session key, visit, visit id, visitid, full visitor id, visitor id, visitorid, visitor, client id,
    user pseudo id, user id, userid, user, customer id, anonymous id, cookie, sitzung, sitzungs id, besucher, besucher id, nutzer, kunde,
    sesion, sessione, sessao, sessie, sesja, relace, oturum, сессия, セッション, セッションid, ユーザーid, 会话, 세션`,
  time: `time, timestamp, event time, event timestamp, event date, date, datetime, date time, created at, createdat, occurred at, server time, ts, zeit,
    zeitpunkt, zeitstempel, datum, uhrzeit, heure, horodatage, date heure, fecha, hora, data, ora, tijd, tid, tidspunkt, czas, cas, cas udalosti, ido, idopont, aika, ora, timp, quando, cuando, zaman, время, дата,
    日時, 時刻, 日付, 时间, 시간`,
  type: `type, event, event name, event type, eventtype, eventname, action, action type, activity, interaction, kind, ereignis, ereignistyp, aktion, typ,
    evenement, type evenement, evento, tipo, tipo evento, azione, tipo azione, accion, accao, acao, actie, soort, gebeurtenis, handeling, akcja, akce, udalost, hendelse, begivenhed, tapahtuma, eylem, olay, handling, handelse, haendelse, zdarzenie, событие, действие, イベント, イベント名,
    行動, 事件, 行为, 이벤트`,
};

/** `productDisplayName`, `Product_Display-Name` -> `product display name`: words apart, small letters, no accents and other marks. */
export function plainName(name: string): string {
  return name
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

interface KnownNames {
  readonly names: ReadonlySet<string>;
  /** the same without the spaces between their words */
  readonly joined: ReadonlySet<string>;
}

/** Words of a name that are looked at, the last ones. */
const mostWords = 12;

const known = new Map<string, KnownNames>(
  Object.entries(hints).map(([field, list]) => {
    const names = list.split(',').map(plainName);
    return [field, { names: new Set(names), joined: new Set(names.map(joinWords)) }];
  }),
);

/** `item id` and `itemid` are one name; of one or two letters only what is written so. */
function joinWords(plain: string): string {
  return plain.replaceAll(' ', '');
}

/**
 * How much the name of a column speaks for a field.
 * @returns 1 for a known name, 0.7 for one that ends in one of two words or more, 0.5 for one that ends in a known word, 0.3 for one that holds one, else 0
 */
export function nameHint(name: string, field: ProposedField): number {
  const found = known.get(field);
  if (found === undefined) return 0;
  const plain = plainName(name);
  const joined = joinWords(plain);
  if (found.names.has(plain) || (joined.length > 2 && found.joined.has(joined))) return 1;
  const words = plain.split(' ').slice(-mostWords);
  let best = 0;
  for (let from = 0; from < words.length; from++) {
    for (let to = from + 1; to <= words.length; to++) {
      if (!found.names.has(words.slice(from, to).join(' '))) continue;
      const ending = to - from > 1 ? 0.7 : 0.5;
      best = Math.max(best, to === words.length ? ending : 0.3);
    }
  }
  return best;
}
