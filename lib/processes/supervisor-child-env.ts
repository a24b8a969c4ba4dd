import type { Env } from '@/lib/env';
import type { ProcessName } from './process-names';
import type { Database } from './supervisor-database';

/** A child gets its own database address and nothing that only the owner may hold. */
export function childEnv(env: Pick<Env, 'dataDir' | 'publicUrl'>, database: Pick<Database, 'roles'>, name: ProcessName, upstream: string): NodeJS.ProcessEnv {
  const own = { ...process.env };
  delete own.MIGRATION_DATABASE_URL;
  delete own.COUNTERSIGN_ADMIN_PASSWORD;
  // The console alone lets people in.
  if (name !== 'console') { delete own.AUTH_SECRET; delete own.OIDC_CLIENT_SECRET; }
  // The worker alone hands checkpoints over.
  if (name !== 'worker') { delete own.ANCHOR_WEBHOOK_URL; delete own.ANCHOR_WEBHOOK_SECRET; }
  // The worker alone destroys what has aged, by the one role that may.
  if (name !== 'worker') delete own.RETENTION_DATABASE_URL;
  else if (database.roles.kind === 'separate') own.RETENTION_DATABASE_URL = database.roles.urls.retention;
  return {
    ...own,
    DATA_DIR: env.dataDir,
    DATABASE_URL: database.roles.kind === 'separate' ? database.roles.urls[name] : database.roles.url,
    CONSOLE_UPSTREAM: upstream,
    PUBLIC_URL: env.publicUrl,
    NEXT_TELEMETRY_DISABLED: '1',
  };
}
