import { chart } from './chart.js';
import { html, type Markup, trusted } from './html.js';
import type { Cell, KeyValuesSection, Report, Section, TableSection, TextSection } from './sections.js';
import { reportStyle } from './style.js';

/** With fewer sections than this, a list of them would only push them down. */
const listedFrom = 4;

/**
 * One HTML page that needs nothing else: style and plots are inside, and its content policy forbids every request.
 * It follows the reader's light or dark setting and fits a phone. All texts are escaped. The same report gives the same page.
 */
export function renderReport({ title, sections }: Report): string {
  const contents =
    sections.length < listedFrom ? html`` : html`<nav aria-label="Contents">${sections.map(contentsEntry)}</nav>`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${trusted(reportStyle)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${contents}
${sections.map(renderSection)}
</main>
</body>
</html>
`;
  return page.markup;
}

const contentsEntry = (section: Section, i: number): Markup => html`<a href="#section-${i + 1}">${section.title}</a>`;

function renderSection(section: Section, i: number): Markup {
  const note = section.note ? html`<p class="note">${section.note}</p>` : html``;
  return html`<section id="section-${i + 1}"><h2>${section.title}</h2>${note}${renderBody(section)}</section>\n`;
}

function renderBody(section: Section): Markup {
  switch (section.kind) {
    case 'table':
      return renderTable(section);
    case 'lineChart':
    case 'barChart':
    case 'intervalChart':
      return chart(section);
    case 'text':
      return renderText(section);
    case 'keyValues':
      return renderKeyValues(section);
  }
}

function renderTable({ columns, rows }: TableSection): Markup {
  const classOf = (i: number, tone = ''): string => `${columns[i].numeric ? 'number' : ''} ${tone}`.trim();
  const heads = columns.map(({ name }, i) => html`<th scope="col" class="${classOf(i)}">${name}</th>`);
  const cells = (row: readonly (string | Cell)[]): Markup[] =>
    row.map((value, i) => {
      const cell = typeof value === 'string' ? { text: value } : value;
      const content = html`${cell.text}${cell.note === undefined ? html`` : html`<small>${cell.note}</small>`}`;
      return i === 0
        ? html`<th scope="row">${content}</th>`
        : html`<td class="${classOf(i, cell.tone)}">${content}</td>`;
    });
  const body = rows.map(row => html`<tr>${cells(row)}</tr>`);
  return html`<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`;
}

const renderText = ({ paragraphs }: TextSection): Markup =>
  html`${paragraphs.map(paragraph => html`<p>${paragraph}</p>`)}`;

const renderKeyValues = ({ entries }: KeyValuesSection): Markup =>
  html`<dl>${entries.map(([key, value]) => html`<dt>${key}</dt><dd>${value}</dd>`)}</dl>`;
