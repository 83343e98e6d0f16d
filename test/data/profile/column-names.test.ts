import { describe, expect, it } from 'vitest';
import { nameHint, type ProposedField, plainName } from '../../../data/profile/column-names.js';

describe('the name of a column', () => {
  it.each([
    ['productDisplayName', 'product display name'],
    ['Product_Display-Name', 'product display name'],
    ['img_500x500', 'img 500x500'],
    ['Größe', 'grosse'],
    ['Référence', 'reference'],
    ['SKU', 'sku'],
    ['商品コード', '商品コート'],
  ])('%s -> %s', (name, plain) => expect(plainName(name)).toBe(plain));

  it.each<[string, ProposedField]>([
    ['sku', 'id'],
    ['Artikelnummer', 'id'],
    ['商品コード', 'id'],
    ['Référence', 'id'],
    ['артикул', 'id'],
    ['Bezeichnung', 'title'],
    ['productName', 'title'],
    ['タイトル', 'title'],
    ['상품명', 'title'],
    ['long_description', 'description'],
    ['Beschreibung', 'description'],
    ['prix', 'price'],
    ['Preis', 'price'],
    ['販売価格', 'price'],
    ['image_url', 'images'],
    ['Bild-URL', 'images'],
    ['Land', 'country'],
    ['Sprache', 'language'],
    ['search_term', 'query'],
    ['Suchbegriff', 'query'],
    ['item_id', 'documentId'],
    ['ga_session_id', 'session'],
    ['event_timestamp', 'time'],
    ['event_name', 'type'],
    ['relevance', 'gain'],
  ])('%s is a known name of %s', (name, field) => expect(nameHint(name, field)).toBe(1));

  it('speaks less for a field where it only ends in a known name, or holds one', () => {
    expect(nameHint('shop product name', 'title')).toBe(0.7);
    expect(nameHint('vendor sku', 'id')).toBe(0.5);
    expect(nameHint('name of vendor', 'title')).toBe(0.3);
    expect(nameHint('colour', 'title')).toBe(0);
  });
});
