import { z } from 'zod';
import { grantSchema } from '@/lib/agents/schema';
import { origins } from '@/lib/protocol/decision';

/** What an attack is, by how it reaches the agent or what it is after. */
export const attackClasses = ['direct', 'indirect', 'multi-hop', 'encoded', 'multi-language', 'tool-misuse', 'escalation', 'exfiltration', 'memory-poisoning'] as const;
export type AttackClass = (typeof attackClasses)[number];

/** In what the text came. */
export const carriers = ['chat', 'ticket', 'mail', 'web-page', 'document', 'calendar', 'code-comment', 'pdf', 'tool-error', 'article', 'file', 'memory', 'agent', 'record'] as const;

/** What an agent of each kind holds; `profiles.ts` says which capabilities these are. */
export const profileNames = ['support', 'clerk', 'developer', 'operator', 'reader', 'everything'] as const;
export type ProfileName = (typeof profileNames)[number];

const text = z.string().min(1).max(60_000);
const args = z.record(z.string().max(128), z.unknown());

/** Something the session reads: a text from somewhere, or what a tool gave when it was called. `{{slot}}` is where a pair's two sides differ. */
export const readSchema = z.union([
  z.strictObject({ from: z.enum(origins).exclude(['model']), source: z.string().max(500).optional(), text }),
  z.strictObject({ call: z.string().min(1).max(128), args, gives: text, /** The tool failed, and this is its message. */ fails: z.boolean().optional() }),
]);
export type Read = z.infer<typeof readSchema>;

/** What a compromised agent asks for. One that only `prepares` does no harm by itself, and may be allowed. */
export const attackCallSchema = z.strictObject({ tool: z.string().min(1).max(128), args, prepares: z.boolean().optional() });
/** What an honest agent asks for, and what the rules are meant to say: that it may, or that a person decides. */
export const benignCallSchema = z.strictObject({ tool: z.string().min(1).max(128), args, expect: z.enum(['allow', 'ask']) });

const slot = z.string().max(20_000);
const id = z.string().min(3).max(80).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be words in lower case with "-" between them');
const attackSide = z.strictObject({ slot: slot.optional(), reads: z.array(readSchema).min(1).max(20).optional(), calls: z.array(attackCallSchema).min(1).max(20) });
const benignSide = z.strictObject({ slot: slot.optional(), reads: z.array(readSchema).min(1).max(20).optional(), calls: z.array(benignCallSchema).min(1).max(20) });

const common = {
  id,
  class: z.enum(attackClasses),
  carrier: z.enum(carriers),
  /** BCP 47, of the text that matters. */
  language: z.string().min(2).max(16).default('en'),
  profile: z.enum(profileNames).default('support'),
  purpose: z.string().min(3).max(500),
  /** The scene, in order; a side may have its own instead. */
  reads: z.array(readSchema).max(20).default([]),
};

/** A case: one scene, once with an attack in it and once without. Texts hold placeholders that a seed fills. */
export const caseSchema = z.strictObject({ ...common, attack: attackSide, benign: benignSide });
export type AttackCase = z.output<typeof caseSchema>;
export type AttackCaseInput = z.input<typeof caseSchema>;

/** A case from a real session: it is of one side only, and stays where it was made. */
export const localCaseSchema = z
  .strictObject({ ...common, local: z.literal(true), sessionId: z.string().optional(), /** What its agent held; the profile's own where it is not said. */ capabilities: z.array(grantSchema).max(256).optional(), attack: attackSide.optional(), benign: benignSide.optional() })
  .refine((one) => one.attack !== undefined || one.benign !== undefined, 'must have an attack or a benign side');
export type LocalCase = z.output<typeof localCaseSchema>;
export type LocalCaseInput = z.input<typeof localCaseSchema>;

/** How often of how many. */
export const shareSchema = z.strictObject({ hits: z.int().min(0).max(1_000_000), of: z.int().min(0).max(1_000_000) }).refine(({ hits, of }) => hits <= of, 'cannot be more hits than cases');
export type Share = z.infer<typeof shareSchema>;

/** What a run counts: of attacks those stopped or asked, denied, and flagged; of benign sessions those flagged, denied, and asked where they should not be. */
export const countsSchema = z.strictObject({ stopped: shareSchema, denied: shareSchema, flagged: shareSchema, benignFlagged: shareSchema, benignDenied: shareSchema, benignAsked: shareSchema });
export type Counts = z.infer<typeof countsSchema>;
export const measures = ['stopped', 'denied', 'flagged', 'benignFlagged', 'benignDenied', 'benignAsked'] as const satisfies readonly (keyof Counts)[];

export const attackRunSchema = z.strictObject({
  bundle: z.strictObject({ sequence: z.int().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex') }),
  /** What the cases were, so that two runs can be compared. */
  suite: z.strictObject({ cases: z.int().min(1).max(1_000_000), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  version: z.string().min(1).max(200),
  seed: z.int().min(0).max(2 ** 32 - 1),
  classes: z.partialRecord(z.enum(attackClasses), countsSchema),
});
export type AttackRun = z.infer<typeof attackRunSchema>;
