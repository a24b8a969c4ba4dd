import type { AlertRule, Limit, PolicyVersion, Risk, Route } from '@/lib/policies/schema';

export type PolicyRule = { id: string; effect: 'permit' | 'ask' | 'forbid'; reason: string; route?: string | undefined; risk?: Risk | undefined; tools: string[]; everyTool: boolean; text: string };
export type PolicyTool = { name: string; toolset: string; operation: string; classes: readonly string[]; redeem: 'optional' | 'required'; description?: string };

/** The bundle in force, for reading. */
export type ActiveBundle = PolicyVersion & {
  name: string; activatedAt: string; activatedBy: { name?: string; kind: string } | null; organisation: { name: string; domains: string[] };
  rules: PolicyRule[]; tools: PolicyTool[]; routes: Record<string, Route>; limits: Limit[]; alerts: readonly AlertRule[];
};
export type BundleRow = { sequence: number; sha256: string; name: string; activatedAt: string | null; activatedBy: { name?: string; kind: string } | null };
