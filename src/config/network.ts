import { isIP } from 'node:net';
import { z } from 'zod';

function isNetwork(value: string): boolean {
  const [, address, prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(value) ?? [];
  const family = isIP(address ?? '');
  return family !== 0 && Number(prefix ?? 0) <= (family === 4 ? 32 : 128);
}

/** An address of a machine or a network of them: 127.0.0.1, ::1, 10.0.0.0/8. */
export const networkSchema = z
  .string()
  .refine(isNetwork, { error: 'expected an address or a network, such as 127.0.0.1 or 10.0.0.0/8' });

const isOrigin = (value: string): boolean => URL.canParse(value) && new URL(value).origin === value;

/** Where pages come from: a scheme, a host and perhaps a port; `*` for all. */
export const originSchema = z.string().refine(value => value === '*' || isOrigin(value), {
  error: 'expected an origin, such as https://shop.example.org or http://localhost:3000, or *',
});
