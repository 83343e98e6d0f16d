import { expect } from 'vitest';
import { createApp } from '../../serving/app.js';
import type { App, AppOptions, AppParts } from '../../serving/parts.js';
import { type ErrorCode, errorTable } from '../../src/errors/table.js';
import { calm, memoryParts } from './memory-backend.js';

const opened: App[] = [];

/** An app over three documents in memory. */
export async function open(parts: Partial<AppParts> = {}, options: AppOptions = {}): Promise<App> {
  const made = await createApp(memoryParts(parts), { admission: calm, ...options });
  opened.push(made);
  return made;
}

export const closeApps = async (): Promise<void> => {
  await Promise.all(opened.splice(0).map(made => made.close()));
};

/** An error in the one shape, with this status and code. */
export function expectError(
  reply: { statusCode: number; json: () => unknown },
  status: number,
  code: ErrorCode,
): string {
  const body = reply.json() as Record<string, unknown>;
  expect([reply.statusCode, body.code]).toEqual([status, code]);
  expect(Object.keys(body)).toEqual(['code', 'message', 'remedy', 'details']);
  expect(body.remedy).toBe(errorTable[code].remedy);
  return String(body.message);
}
