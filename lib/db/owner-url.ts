import { unavailable } from '@/lib/errors';
import { DATABASE } from './embedded-database';
import { readLocalSecrets } from './local-secrets';

type Settings = { dataDir: string; databaseUrl?: string | undefined; migrationDatabaseUrl?: string | undefined };

/** The owner's address of this installation's database: as it was given, or that of the embedded one, whose passwords DATA_DIR holds. */
export function ownerUrl({ dataDir, databaseUrl, migrationDatabaseUrl }: Settings): string {
  const given = migrationDatabaseUrl ?? databaseUrl;
  if (given) return given;
  const { port, roles } = readLocalSecrets(dataDir);
  if (port === undefined || !roles.owner) throw unavailable(`${dataDir} holds no database. If Countersign runs with another DATA_DIR or DATABASE_URL, set the same here.`);
  return `postgresql://countersign_owner:${encodeURIComponent(roles.owner)}@127.0.0.1:${port}/${DATABASE}`;
}
