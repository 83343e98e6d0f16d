/** Series colours that colour-blind readers can tell apart, on light and on dark ground. */
const light = ['#0369a1', '#c2410c', '#15803d', '#7c3aed', '#be185d', '#57534e'];
const dark = ['#38bdf8', '#fb923c', '#4ade80', '#c4b5fd', '#f472b6', '#a8a29e'];

export const seriesColours = light.length;

const declare = (colours: readonly string[]): string => colours.map((colour, i) => `--series-${i}:${colour};`).join('');

/** The style sheet of a report: system fonts, nothing fetched. */
export const reportStyle = `
:root{color-scheme:light dark;--ground:#fbfaf8;--card:#fff;--text:#1c1917;--muted:#6b6560;--line:#e7e3de;--grid:#d6d1cb;
--up:#15803d;--down:#b91c1c;${declare(light)}}
@media (prefers-color-scheme:dark){:root{--ground:#161412;--card:#1f1c1a;--text:#f2efec;--muted:#a8a29e;--line:#35302c;--grid:#47413c;
--up:#4ade80;--down:#f87171;${declare(dark)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:860px;margin:0 auto;padding:28px 16px 64px}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 8px;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:1.1rem;line-height:1.3;margin:0 0 4px;overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:2px 16px;margin:0 0 20px;font-size:.875rem}
nav a{color:var(--series-0);text-decoration:none}nav a:hover{text-decoration:underline}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 20px 18px;margin:0 0 16px}
.note{margin:0 0 12px;color:var(--muted);font-size:.875rem}
p{margin:8px 0 0;overflow-wrap:anywhere}
.scroll{overflow-x:auto;margin:8px -20px 0;padding:0 20px}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:7px 10px;text-align:left;border-top:1px solid var(--line);vertical-align:top}
tr:first-child>*{border-top:0}
thead th{color:var(--muted);font-size:.8rem;font-weight:600;white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:600;position:sticky;left:-20px;background:var(--card);overflow-wrap:anywhere;min-width:6.5em}
.number{text-align:right;white-space:nowrap}
th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}
small{display:block;color:var(--muted);font-size:.75rem;font-weight:400}
.best{font-weight:700}.up{color:var(--up);font-weight:600}.down{color:var(--down);font-weight:600}
dl{display:grid;grid-template-columns:minmax(8em,auto) 1fr;gap:4px 20px;margin:8px 0 0}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:8px 0 4px;padding:0;list-style:none;font-size:.85rem}
.legend li{display:flex;align-items:center;gap:6px;overflow-wrap:anywhere}
svg{display:block;max-width:100%;height:auto;overflow:visible}
.narrow{display:none}
@media (max-width:620px){nav,.wide{display:none}.narrow{display:block}section{padding:14px 14px 16px}.scroll{margin:8px -14px 0;padding:0 14px}tbody th{left:-14px}th,td{padding:7px}table{font-size:.85rem}}
@media print{body{background:none}section{break-inside:avoid}}
`;

/** What a chart's variables stand for where there is no style sheet: programs that draw SVG files know none. */
export const fileColours: Readonly<Record<string, string>> = {
  ground: '#ffffff',
  card: '#ffffff',
  text: '#1c1917',
  grid: '#d6d1cb',
  ...Object.fromEntries(light.map((colour, i) => [`series-${i}`, colour])),
};
