/** The database: the only room that knows how rows are reached. */
export { prisma, transaction, sqlOfTx, closePrisma, type Tx } from './client';
export { pool, sql, sqlTransaction, sqlTransactionOnce, sqlOf, closePools, requiredUrl } from './pool';
export { dedicatedConnection, type Dedicated } from './dedicated';
export { withCopying, type Copying } from './copy';
export { ownerUrl } from './owner-url';
export { takeKeyTurn, shareKeyTurn } from './key-turn';
export { listen, type Channel, type Listening } from './listen';
export type { Sql } from './sql';
export { Prisma } from './generated/client';
export { databaseTime } from './time';
export { isUniqueViolation, isDatabaseAway } from './failures';
