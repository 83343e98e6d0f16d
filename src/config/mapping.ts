import { z } from 'zod';

/** Which column of a file holds a field: `{ id: 'sku', title: 'name' }`. */
export const columnMappingSchema = z.record(z.string().min(1), z.string().min(1));

/** How the cells of a column are read. */
export const columnTypeSchema = z.enum(['text', 'number', 'boolean']);

/** Types of columns that are given, by the name in the file; those of other columns are told by their values. */
export const columnTypesSchema = z.record(z.string().min(1), columnTypeSchema);

export type ColumnMapping = Readonly<z.infer<typeof columnMappingSchema>>;
export type ColumnType = z.infer<typeof columnTypeSchema>;
export type ColumnTypes = Readonly<z.infer<typeof columnTypesSchema>>;
