import { bundleSchema, type Bundle } from '../schema';
import { checkRoutes } from './check-routes';
import { checkRules } from './check-rules';
import { checkTools } from './check-tools';

/** Something about a bundle that blocks it (`error`) or that its author should know (`warning`). `at` counts characters of the rule's text. */
export type BundleFinding = { level: 'error' | 'warning'; path: string; message: string; at?: { start: number; end: number } };
export type BundleVerdict = { ok: true; bundle: Bundle; findings: BundleFinding[] } | { ok: false; findings: BundleFinding[] };

/** Everything that can be said about a bundle before it is published. Errors block; warnings are for its author. */
export function validateBundle(input: unknown): BundleVerdict {
  const parsed = bundleSchema.safeParse(input);
  if (!parsed.success) {
    return { ok: false, findings: parsed.error.issues.map((issue) => ({ level: 'error', path: `/${issue.path.map(String).join('/')}`, message: issue.message })) };
  }
  const bundle = parsed.data;
  const tools = checkTools(bundle);
  const findings = [...tools, ...checkRoutes(bundle)];
  // Rules are held against the tools' types, which mean nothing while a tool itself is broken.
  if (!tools.some((finding) => finding.level === 'error')) findings.push(...checkRules(bundle));
  return findings.some((finding) => finding.level === 'error') ? { ok: false, findings } : { ok: true, bundle, findings };
}
