import pg from 'pg';
import { readLocalSecrets, newPassword, writeLocalSecrets } from './local-secrets';

const OWNER = 'countersign_owner';
export const DATABASE = 'countersign';

/** The database and its owner inside the embedded server: no superuser, but may create the processes' roles. Returns the owner's address. */
export async function ensureOwnDatabase(superuserUrl: (database?: string) => string, dataDir: string, database = DATABASE): Promise<string> {
  const client = new pg.Client({ connectionString: superuserUrl() });
  client.on('error', () => {});
  await client.connect();
  try {
    const secrets = readLocalSecrets(dataDir);
    const password = secrets.roles.owner ?? newPassword();
    if (!secrets.roles.owner) writeLocalSecrets(dataDir, { ...secrets, roles: { ...secrets.roles, owner: password } });
    const { rows: [role] } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [OWNER]);
    if (!role) await client.query(`CREATE ROLE ${OWNER} LOGIN CREATEROLE CREATEDB PASSWORD ${client.escapeLiteral(password)}`);
    else if (!secrets.roles.owner) await client.query(`ALTER ROLE ${OWNER} PASSWORD ${client.escapeLiteral(password)}`);
    const { rows: [there] } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (!there) {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)} OWNER ${OWNER}`);
      await client.query(`REVOKE ALL ON DATABASE ${client.escapeIdentifier(database)} FROM PUBLIC`);
    }
    const url = new URL(superuserUrl(database));
    url.username = OWNER;
    url.password = encodeURIComponent(password);
    return url.href;
  } finally {
    await client.end();
  }
}
