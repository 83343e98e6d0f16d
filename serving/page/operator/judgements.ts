/** Judgements of hits: query -> document -> grade, 0 (not what was meant) to 3. They are kept by this browser until they are taken away. */
export type Judgements = ReadonlyMap<string, ReadonlyMap<string, number>>;

const keptName = 'tandem-judgements';

export function readJudgements(): Judgements {
  try {
    const kept: Readonly<Record<string, Readonly<Record<string, number>>>> = JSON.parse(
      localStorage.getItem(keptName) ?? '{}',
    );
    return new Map(Object.entries(kept).map(([query, of]) => [query, new Map(Object.entries(of))]));
  } catch {
    return new Map();
  }
}

/** The same with a document judged for a query, or no longer where there is no grade. */
export function judged(before: Judgements, query: string, id: string, grade: number | undefined): Judgements {
  const of = new Map(before.get(query));
  if (grade === undefined) of.delete(id);
  else of.set(id, grade);
  const after = new Map(before);
  if (of.size === 0) after.delete(query);
  else after.set(query, of);
  return after;
}

export const keepJudgements = (judgements: Judgements): void =>
  localStorage.setItem(
    keptName,
    JSON.stringify(Object.fromEntries([...judgements].map(([query, of]) => [query, Object.fromEntries(of)]))),
  );

/** Files that `tandem evaluate` and `tandem tune` take: queries as JSON Lines, judgements as TREC has them. */
export function judgementFiles(judgements: Judgements): { readonly queries: string; readonly qrels: string } {
  const numbered = [...judgements].map(([text, of], i) => ({ id: `j${i + 1}`, text, of }));
  return {
    queries: numbered.map(({ id, text }) => `${JSON.stringify({ id, text })}\n`).join(''),
    qrels: numbered
      .flatMap(({ id, of }) => [...of].map(([document, grade]) => `${id} 0 ${document} ${grade}\n`))
      .join(''),
  };
}
