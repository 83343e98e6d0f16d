/**
 * Where a job keeps its manifest, the rows that wait, its shards and their records: a folder, or what begins with one prefix in a bucket. A name stands for whole
 * content or for none: whoever is killed leaves nothing half-made under one.
 */
export interface JobStorage {
  /** where it is: a path, or s3://BUCKET/PREFIX */
  readonly address: string;
  /** Readies it for files, where it is not there yet. @throws TandemError 'files/*' */
  begin(): Promise<void>;
  /** names of what lies in it, storages inside it too; none where it is not there @throws TandemError 'files/*' | 'storage/*' */
  names(): Promise<readonly string[]>;
  /** whether there is something of a name @throws TandemError 'storage/*' */
  has(name: string): Promise<boolean>;
  /** @returns undefined where there is none @throws TandemError 'files/*' | 'storage/*' */
  read(name: string): Promise<string | undefined>;
  /** Writes text in the place of what is there. @throws TandemError 'files/*' | 'storage/*' */
  write(name: string, text: string): Promise<void>;
  /**
   * Keeps a file.
   * @param make  writes it whole or not at all to a path of this machine, whose last part ends as the name does
   * @throws TandemError 'files/*' | 'storage/*', and whatever `make` throws
   */
  keep(name: string, make: (path: string) => Promise<unknown>): Promise<void>;
  /**
   * Lends what lies here as files of this machine, in the order of their names.
   * @param folder  of this machine, which copies may lie in meanwhile
   * @throws TandemError 'files/*' | 'storage/*', and whatever `use` throws
   */
  lend<T>(names: readonly string[], folder: string, use: (paths: readonly string[]) => Promise<T>): Promise<T>;
  /** Takes some of it away, or all; what is not there is none. */
  remove(names?: readonly string[]): Promise<void>;
  /** The storage of a name in it. */
  inside(name: string): JobStorage;
  /** Tells the names of what a killed write left. */
  isLitter(name: string): boolean;
}
