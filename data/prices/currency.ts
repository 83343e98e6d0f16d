/** Signs and short forms that stand for one currency; `$`, `¥`, `kr` and `Rs` stand for several and are kept as they are. */
const signs: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '₽': 'RUB',
  '₺': 'TRY',
  '₩': 'KRW',
  '₪': 'ILS',
  '฿': 'THB',
  '₫': 'VND',
  '₴': 'UAH',
  '£GB': 'GBP',
  US$: 'USD',
  $US: 'USD',
  $CA: 'CAD',
  $AU: 'AUD',
  C$: 'CAD',
  CA$: 'CAD',
  A$: 'AUD',
  AU$: 'AUD',
  NZ$: 'NZD',
  HK$: 'HKD',
  S$: 'SGD',
  R$: 'BRL',
  zł: 'PLN',
  Kč: 'CZK',
  Ft: 'HUF',
  lei: 'RON',
  лв: 'BGN',
  руб: 'RUB',
  円: 'JPY',
  元: 'CNY',
  원: 'KRW',
  Fr: 'CHF',
  SFr: 'CHF',
  $: '$',
  '¥': '¥',
  '￥': '¥',
  kr: 'kr',
  Rs: 'Rs',
};

const bySign = new Map(Object.entries(signs).map(([sign, code]) => [sign.toLowerCase(), code]));
const codes = new Set(Intl.supportedValuesOf('currency'));

/**
 * The currency that a sign or a code stands for.
 * @returns the code of ISO 4217; `$`, `¥`, `kr` or `Rs` where the sign stands for several; undefined for anything else
 */
export function currencyOf(text: string): string | undefined {
  const plain = text.trim().replace(/\.$/, '');
  const code = plain.toUpperCase();
  return codes.has(code) ? code : bySign.get(plain.toLowerCase());
}

/** The same, but only as it is usually written: `Ft` is a currency and `ft` is a foot, `CUP` one and `cup` none. */
export function currencyAsWritten(text: string): string | undefined {
  const plain = text.trim().replace(/\.$/, '');
  return codes.has(plain) ? plain : Object.hasOwn(signs, plain) ? signs[plain] : undefined;
}
