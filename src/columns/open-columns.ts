import type { ColumnArrays } from './column-file.js';
import { type IdColumn, noIds } from './id-column.js';
import { objectsOfDocuments, objectsOfObjects } from './nested.js';
import { columnsOfObjects, type ObjectArrays, type ObjectSource, storedObjects } from './object-file.js';
import { StoredColumns } from './stored-columns.js';

/** The attributes of an immutable segment. */
export interface OpenedColumns {
  readonly columns: StoredColumns;
  /** of lists; undefined where there are none */
  readonly objects?: ObjectSource;
}

/** @param areKept  whether objects of lists were kept apart when it was written */
export function openColumns(arrays: ColumnArrays & ObjectArrays, ids: IdColumn, areKept: boolean): OpenedColumns {
  if (arrays.objectOwners.length === 0) {
    const none = objectsOfDocuments(undefined, () => new Uint32Array(0), areKept);
    return { columns: new StoredColumns(arrays, ids, () => none) };
  }
  const list = storedObjects(arrays);
  const inObjects = new StoredColumns(
    columnsOfObjects(arrays),
    noIds(() => list.count),
    own => objectsOfObjects(list, clause => own.matching(clause)),
  );
  const objects = objectsOfDocuments(list, clause => inObjects.matching(clause), areKept);
  return {
    columns: new StoredColumns(arrays, ids, () => objects, inObjects),
    objects: { ...list, columns: inObjects },
  };
}
