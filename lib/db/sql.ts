/** Anything that runs one parameterised statement: a pg client, a pool, or a Prisma transaction. So one append serves them all. */
export interface Sql {
  rows<R extends object>(text: string, params?: readonly unknown[]): Promise<R[]>;
}
