import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, type Prisma } from './generated/client';
import { againWhenEnded } from './failures';
import { requiredUrl } from './pool';
import type { Sql } from './sql';

const globals = globalThis as { __countersignPrisma?: { url: string; client: PrismaClient } };

/** The Prisma client of this process, for screens and ordinary verbs. */
export function prisma(): PrismaClient {
  const url = requiredUrl();
  if (globals.__countersignPrisma?.url !== url) {
    const adapter = new PrismaPg({ connectionString: url, max: Number(process.env.DATABASE_POOL ?? 10), connectionTimeoutMillis: 5_000 });
    globals.__countersignPrisma = { url, client: new PrismaClient({ adapter }) };
  }
  return globals.__countersignPrisma.client;
}

export type Tx = Prisma.TransactionClient;

export const sqlOfTx = (tx: Tx): Sql => ({ rows: (text, params = []) => tx.$queryRawUnsafe(text, ...params) as Promise<never[]> });

/** One database transaction (read committed): all of `work` or nothing of it. Run again when Postgres ended it for another one's sake. */
export const transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => againWhenEnded(() => prisma().$transaction(work, { maxWait: 5_000, timeout: 15_000 }));

export async function closePrisma(): Promise<void> {
  const held = globals.__countersignPrisma;
  delete globals.__countersignPrisma;
  await held?.client.$disconnect();
}
