/** A file that is not read, and why. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

/** Files that are left out for the same reason in one entry: `a.txt` or `a.txt and 14 others`. */
export function gatherReasons(files: readonly LeftOut[]): { readonly files: string; readonly reason: string }[] {
  const byReason = new Map<string, string[]>();
  for (const { path, reason } of files) byReason.set(reason, [...(byReason.get(reason) ?? []), path]);
  return [...byReason].map(([reason, [first, ...others]]) => {
    const more = others.length === 0 ? '' : others.length === 1 ? ' and 1 other' : ` and ${others.length} others`;
    return { files: `${first}${more}`, reason };
  });
}
