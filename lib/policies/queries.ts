import type { RecordedActor } from '@/lib/context';
import { prisma } from '@/lib/db';
import { ruleViews, type RuleView } from './rule-views';
import type { RegistryTool } from '@/lib/protocol/registry';
import { bundleSchema, type Bundle, type PolicyVersion } from './schema';

/** The active bundle as the policies page shows it. Times are RFC 3339. */
export type ActivePolicies = PolicyVersion & {
  name: string;
  activatedAt: string;
  activatedBy: RecordedActor | null;
  organisation: Bundle['organisation'];
  rules: RuleView[];
  tools: RegistryTool[];
  routes: Bundle['routes'];
  limits: Bundle['limits'];
  alerts: Bundle['alerts'];
  flood: Bundle['settings']['flood'];
};
export type BundleRow = { sequence: number; sha256: string; name: string; activatedAt: string | null; activatedBy: RecordedActor | null };

/** What is in force now; nothing before the first bundle. */
export async function activePolicies(): Promise<ActivePolicies | undefined> {
  const row = await prisma().bundle.findFirst({ where: { activatedAt: { not: null } }, orderBy: { sequence: 'desc' } });
  if (!row) return undefined;
  const parsed = bundleSchema.safeParse(JSON.parse(row.body));
  if (!parsed.success) return undefined;
  const { name, organisation, tools, routes, limits, alerts, settings: { flood } } = parsed.data;
  return {
    version: String(row.sequence), sequence: row.sequence, sha256: row.sha256, name,
    activatedAt: row.activatedAt?.toISOString() ?? '', activatedBy: (row.activatedBy as RecordedActor | null) ?? null,
    organisation, rules: ruleViews(parsed.data), tools, routes, limits, alerts, flood,
  };
}

/** Every bundle there was, the newest first. */
export async function bundleHistory(limit = 50): Promise<BundleRow[]> {
  const rows = await prisma().bundle.findMany({ orderBy: { sequence: 'desc' }, take: Math.min(limit, 200) });
  return rows.map((row) => ({
    sequence: row.sequence, sha256: row.sha256, name: bundleSchema.shape.name.safeParse((JSON.parse(row.body) as { name?: unknown }).name).data ?? '',
    activatedAt: row.activatedAt?.toISOString() ?? null, activatedBy: (row.activatedBy as RecordedActor | null) ?? null,
  }));
}

/** One bundle's content by its sequence, for comparing and for reading what a past decision went by. */
export async function bundleOf(sequence: number): Promise<Bundle | undefined> {
  const row = await prisma().bundle.findUnique({ where: { sequence } });
  return row ? bundleSchema.safeParse(JSON.parse(row.body)).data : undefined;
}
