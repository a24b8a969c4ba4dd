import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { roleName, withLogin, type DatabaseRole } from '@/lib/db/roles';

export type TestDatabase = {
  /** The owner's address, which may do everything. */
  url: string;
  /** The address that a process uses, with that process's grants and no more. */
  urlAs(role: DatabaseRole): string;
  drop(): Promise<void>;
};

/** A migrated database of its own, cloned from the template that the run's embedded server holds; about 30 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { superuserUrl, ownerUrl, template, passwords } = inject('testServer');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asSuperuser(superuserUrl, `CREATE DATABASE ${name} TEMPLATE ${template} OWNER countersign_owner STRATEGY FILE_COPY`);
  await asSuperuser(superuserUrl, `GRANT CONNECT ON DATABASE ${name} TO PUBLIC`);
  const at = new URL(ownerUrl);
  at.pathname = `/${name}`;
  return {
    url: at.href,
    urlAs: (role) => withLogin(at.href, roleName(role), passwords[role]),
    drop: () => asSuperuser(superuserUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try { await client.query(statement); } finally { await client.end(); }
}
