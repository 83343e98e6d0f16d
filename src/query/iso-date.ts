const form = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/**
 * A date or a moment as ISO 8601 writes it: `2024-02-29`, `2024-02-29T08:30`, `2024-02-29T08:30:15.25+01:00`. A date alone is its first moment;
 * without a zone it is UTC. Less than a whole date (`2024-02`) is no date: such texts are more often the number of a part.
 * @returns milliseconds since 1970, whole; undefined where the text is something else or names a day or hour that there is not
 */
export function parseDate(text: string): number | undefined {
  if (text.length < 10 || text.length > 40) return undefined;
  const found = form.exec(text);
  if (found === null) return undefined;
  const [year, month, day, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(part => (part ? Number(part) : 0));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const milliseconds = found[7] === undefined ? 0 : Math.floor(Number(`0.${found[7]}`) * 1000);
  const zone = zoneMinutes(found[8]);
  if (zone === undefined) return undefined;
  return date.getTime() + ((hour * 60 + minute - zone) * 60 + second) * 1000 + milliseconds;
}

function zoneMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
