import { closePrisma } from '@/lib/db';
import type { Env } from '@/lib/env';
import { firstAdministrator } from './first-administrator';

/**
 * The one place for what a migrated database needs before anybody is served: a first administrator, a first signed bundle.
 * Runs as the owner, at every start, so each step looks first whether it is done. Returns lines for the person at the terminal.
 */
export async function afterMigrate(env: Env, ownerUrl: string): Promise<string[]> {
  // The rooms find the database by this name; children get addresses of their own.
  process.env.DATABASE_URL = ownerUrl;
  try {
    return [...(await firstAdministrator(env))];
  } finally {
    // The owner's connections are not kept for the life of the processes.
    await closePrisma();
  }
}
