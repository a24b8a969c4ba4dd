import { z } from 'zod';
import { toolNameSchema } from './primitives';

/** How the gate reads an argument before any rule sees it. What cannot be read is denied. */
export const factFormats = ['email-list', 'url', 'path', 'money', 'sql', 'command', 'string', 'count', 'opaque'] as const;
export const factFormatSchema = z.enum(factFormats);
export type FactFormat = z.infer<typeof factFormatSchema>;

const nameSchema = z.string().min(1).max(64).regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower case letters, digits, "_" or "-"');
/** A kind of damage that a tool can do (financial, destructive, external-communication, code-execution, data-access, …); also a stop scope. Bundles name their own. */
export const toolClassSchema = nameSchema;

/** RFC 6901, naming at least one member: `/to`, `/order/amount`. */
export const pointerSchema = z.string().max(256).regex(/^(\/([^~/]|~[01])+)+$/, 'must be a JSON Pointer, e.g. "/to"');

/**
 * What makes an argument less, for an approver who narrows a call: a lower number, a path further down, fewer members of a list, or none of
 * it at all. A format says it by itself of money, paths and e-mail lists; whatever is named here is said instead, and nothing by `[]`.
 */
export const narrowings = ['lower', 'deeper', 'drop', 'remove'] as const;
export const narrowingSchema = z.enum(narrowings);
export type Narrowing = z.infer<typeof narrowingSchema>;

/** MCP's hints about a tool. Hints inform people and defaults; they never allow anything by themselves. */
export const toolAnnotationsSchema = z.strictObject({
  title: z.string().max(200).optional(),
  readOnlyHint: z.boolean().optional(),
  destructiveHint: z.boolean().optional(),
  idempotentHint: z.boolean().optional(),
  openWorldHint: z.boolean().optional(),
});

/** A sentence with `{argument}` places; `{n|attachment|attachments}` counts the argument `n` and picks the word. */
const sentenceSchema = z.string().min(1).max(300);

/** What a person reads about a call, filled from the decoded arguments. */
export const toolDisplaySchema = z.strictObject({
  title: sentenceSchema,
  verb: z.string().min(1).max(60),
  object: sentenceSchema,
  destination: sentenceSchema.optional(),
  undo: z.string().min(1).max(300),
});
export type ToolDisplay = z.infer<typeof toolDisplaySchema>;

/** One callable tool as the bundle's registry describes it. */
export const registryToolSchema = z.strictObject({
  name: toolNameSchema,
  toolset: nameSchema,
  operation: nameSchema,
  /** The argument a capability's scope is held against; without one only a scope of `**` matches. */
  resource: pointerSchema.optional(),
  classes: z.array(toolClassSchema).max(16),
  description: z.string().max(2_000).optional(),
  inputSchema: z.record(z.string(), z.unknown()),
  formats: z.record(pointerSchema, factFormatSchema).default({}),
  narrows: z.record(pointerSchema, z.array(narrowingSchema).max(4)).optional(),
  annotations: toolAnnotationsSchema.default({}),
  redeem: z.enum(['optional', 'required']).default('optional'),
  display: toolDisplaySchema.optional(),
});
export type RegistryTool = z.infer<typeof registryToolSchema>;
export type RegistryToolInput = z.input<typeof registryToolSchema>;
