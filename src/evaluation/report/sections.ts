/** What a report is made of: data alone, so that a section can be built, tested and stored without drawing it. */
export type Section =
  | TableSection
  | LineChartSection
  | BarChartSection
  | IntervalChartSection
  | TextSection
  | KeyValuesSection;

interface Titled {
  readonly title: string;
  /** one or two sentences under the title: what is shown and how to read it */
  readonly note?: string;
}

/** `best` is set bold, `up` and `down` in the colours of gain and loss. */
export type Tone = 'best' | 'up' | 'down';

/** A cell: its text, and a smaller second line such as an interval. */
export interface Cell {
  readonly text: string;
  readonly note?: string;
  readonly tone?: Tone;
}

export interface TableSection extends Titled {
  readonly kind: 'table';
  /** the first column names the row; columns of numbers stand to the right */
  readonly columns: readonly { readonly name: string; readonly numeric?: boolean }[];
  /** each as long as `columns` */
  readonly rows: readonly (readonly (string | Cell)[])[];
}

export interface LineChartSection extends Titled {
  readonly kind: 'lineChart';
  readonly x: { readonly label: string; readonly scale?: 'linear' | 'log' };
  readonly y: { readonly label: string };
  /** points [x, y]; those that are not finite are left out, on a log scale also those with x <= 0 */
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[];
  /** dots on the points, for curves of few points */
  readonly dots?: boolean;
  /** a line across at this y, such as 0 or a wanted recall */
  readonly level?: number;
  /** an upright line at this x, such as the value that was chosen */
  readonly chosen?: number;
}

export interface BarChartSection extends Titled {
  readonly kind: 'barChart';
  readonly x: { readonly label: string };
  /** one bar for each series in each group; the order of first appearance is kept */
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly group: string;
  readonly series: string;
  readonly value: number;
  /** ends of an interval, drawn as a thin line */
  readonly low?: number;
  readonly high?: number;
}

/** A dot with its interval for each series in each group, beside a line at 0; filled where the interval does not hold 0. */
export interface IntervalChartSection extends Titled {
  readonly kind: 'intervalChart';
  readonly x: { readonly label: string };
  /** the order of first appearance is kept */
  readonly dots: readonly Required<Bar>[];
}

export interface TextSection extends Titled {
  readonly kind: 'text';
  readonly paragraphs: readonly string[];
}

export interface KeyValuesSection extends Titled {
  readonly kind: 'keyValues';
  readonly entries: readonly (readonly [key: string, value: string])[];
}

export interface Report {
  readonly title: string;
  readonly sections: readonly Section[];
}
