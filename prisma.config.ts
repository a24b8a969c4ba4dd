import path from 'node:path';
import { defineConfig } from 'prisma/config';

// Prisma would download its schema engine; ours runs from an npm package, so migrations also work behind an air gap.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(import.meta.dirname, 'scripts/schema-engine.mjs');

// `prisma generate` needs no database, so an absent address is no error here.
const url = process.env.MIGRATION_DATABASE_URL ?? process.env.DATABASE_URL;

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  ...(url ? { datasource: { url } } : {}),
});
