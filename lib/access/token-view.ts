import { knownVerbs } from './permissions';
import { tokenLimitSchema, type TokenView } from './schema';

type TokenRow = { id: string; name: string; hint: string; limit: string | null; verbs: string[]; environments: string[]; createdAt: Date; expiresAt: Date | null; lastUsedAt: Date | null };

/** A token as people see it; never the token itself. */
export const tokenView = (row: TokenRow): TokenView => ({
  id: row.id, name: row.name, hint: row.hint, limit: row.limit === null ? null : tokenLimitSchema.catch('read_only').parse(row.limit), verbs: knownVerbs(row.verbs), environments: row.environments,
  createdAt: row.createdAt.toISOString(), expiresAt: row.expiresAt?.toISOString() ?? null, lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});
