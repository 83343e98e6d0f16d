import { z } from 'zod';

/** A name that is a folder, a part of an address and nothing else. */
export const collectionNameSchema = z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, {
  error: 'expected the name of a collection: 1 to 100 letters, digits, dots, - or _, a letter or digit first',
});

export const isCollectionName = (text: string): boolean => collectionNameSchema.safeParse(text).success;
