import { z } from 'zod';
import { severities } from '@/lib/protocol/decision';

const nameSchema = z.string().min(1).max(64).regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower case letters, digits, ".", "_" or "-"');
const minute = 60_000;

/** What a rule has done at once: only called for, called for by a page, the session paused or stopped, or held to the bundle's narrower set of tools. */
export const alertActs = ['queue', 'page', 'constrain', 'pause', 'stop'] as const;
export type AlertAct = (typeof alertActs)[number];

export const alertSeverities = ['low', 'medium', 'high', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** Which findings call a person, how urgently, and what happens at once. */
export const alertRuleSchema = z.strictObject({
  id: nameSchema,
  when: z.strictObject({
    /** Any detector and any kind where they are not named. */
    detectors: z.array(nameSchema).min(1).max(50).optional(),
    kinds: z.array(nameSchema).min(1).max(100).optional(),
    minSeverity: z.enum(severities),
  }),
  severity: z.enum(alertSeverities),
  act: z.enum(alertActs).default('queue'),
  /** Says that there may be an incident, once an alert. */
  incident: z.boolean().default(false),
  /** What the same rule sees again of the same kind in the same session within this time is counted and raises nothing new. */
  withinMs: z.int().min(minute).max(7 * 24 * 60 * minute).default(60 * minute),
});
export type AlertRule = z.infer<typeof alertRuleSchema>;

/** In order: a finding belongs to the first rule that it matches. What none matches stays in the log, and calls nobody. */
const usual: readonly z.input<typeof alertRuleSchema>[] = [
  { id: 'canary', when: { detectors: ['canary'], minSeverity: 'low' }, severity: 'critical', act: 'stop', incident: true },
  { id: 'injection-high', when: { detectors: ['injection'], minSeverity: 'high' }, severity: 'high', act: 'constrain' },
  // The gate has held the session to less already, so a person should hear why.
  { id: 'injection', when: { detectors: ['injection'], minSeverity: 'medium' }, severity: 'medium' },
  { id: 'egress-critical', when: { detectors: ['egress'], minSeverity: 'critical' }, severity: 'critical', act: 'pause', incident: true },
  { id: 'egress-high', when: { detectors: ['egress'], minSeverity: 'high' }, severity: 'high' },
  { id: 'provenance-high', when: { detectors: ['provenance'], minSeverity: 'high' }, severity: 'high' },
  // A question that nobody who is here may answer: somebody has to be found while there is time.
  { id: 'route-unmet', when: { detectors: ['routes'], minSeverity: 'medium' }, severity: 'high' },
  { id: 'any-critical', when: { minSeverity: 'critical' }, severity: 'critical', incident: true },
  { id: 'any-high', when: { minSeverity: 'high' }, severity: 'medium' },
  // Arguments that came from outside are what agents work with: a rule about the call decides on them, and nobody is called.
  { id: 'any-medium', when: { detectors: ['secrets', 'personal-data', 'egress', 'plan', 'behaviour', 'argument-history', 'budget'], minSeverity: 'medium' }, severity: 'low' },
];

export const alertRulesSchema = z.array(alertRuleSchema).max(200).superRefine((rules, found) => {
  const seen = new Set<string>();
  rules.forEach(({ id }, index) => {
    if (seen.has(id)) found.addIssue({ code: 'custom', path: [index, 'id'], message: `"${id}" is the id of two rules; each needs its own` });
    seen.add(id);
  });
});
export const usualAlertRules: AlertRule[] = alertRulesSchema.parse(usual);
