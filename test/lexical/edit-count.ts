/** Optimal string alignment distance as it stands in the textbook, over code points, the whole table every time. */
export function editCount(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)];
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    b.concat('').map((_b, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      table[i][j] = Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
      }
    }
  }
  return table[a.length][b.length];
}
