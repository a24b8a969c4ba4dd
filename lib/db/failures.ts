const codeOf = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null) return undefined;
  const e = error as { code?: unknown; cause?: unknown; meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } } };
  const original = e.meta?.driverAdapterError?.cause?.originalCode;
  return typeof original === 'string' ? original : typeof e.code === 'string' ? e.code : codeOf(e.cause);
};

/** Somebody else inserted the same key first, told by Prisma (P2002) or by Postgres (23505). */
export const isUniqueViolation = (error: unknown): boolean => ['P2002', '23505'].includes(codeOf(error) ?? '');

const AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', '57P01', '57P02', '57P03', '08006', '08001', '08003', '53300', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);

/** The database cannot be reached or is going down; the same call may work in a moment. */
export function isDatabaseAway(error: unknown): boolean {
  if (AWAY.has(codeOf(error) ?? '')) return true;
  return error instanceof Error && /terminated unexpectedly|timeout exceeded when trying to connect|Connection terminated|not queryable|client was closed/i.test(error.message);
}

/** Two that wait for each other in a circle, or that may not both be true: Postgres ended one of them, and nothing of it was written. */
const ENDED = new Set(['40P01', '40001', '55P03', 'P2034']);
const TRIES = 5;

/** Runs a whole transaction again when Postgres ended it for another one. */
export async function againWhenEnded<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt >= TRIES || !ENDED.has(codeOf(error) ?? '')) throw error;
    }
  }
}
