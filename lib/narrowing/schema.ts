import { z } from 'zod';

/** How one argument differs. The first four are narrowings where the tool's declared order says so. */
export const stepWays = ['dropped', 'lowered', 'deeper', 'removed', 'replaced', 'added'] as const;
export type StepWay = (typeof stepWays)[number];

/** One argument that changed, by JSON Pointer: how, and why that is or is not less. Never a value: those are sealed with the arguments. */
export const changeStepSchema = z.object({
  path: z.string(), how: z.enum(stepWays), narrows: z.boolean(), why: z.string(),
  /** Of a list that members were dropped from: how many there were, and how many are left. */
  of: z.object({ before: z.number(), after: z.number() }).optional(),
});
export type ChangeStep = z.infer<typeof changeStepSchema>;

export type Comparison = { kind: 'same' | 'narrowing' | 'replacement'; steps: ChangeStep[] };

/** One thing that somebody does to one argument; the others stay as they are, also where the screen hides them. */
export const argumentEditSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('set'), path: z.string().min(2).max(1_000), value: z.unknown() }),
  z.strictObject({ kind: z.literal('remove'), path: z.string().min(2).max(1_000) }),
  /** Members of a list that stay, by their places. */
  z.strictObject({ kind: z.literal('keep'), path: z.string().min(2).max(1_000), members: z.array(z.int().min(0)).max(10_000) }),
]);
export type ArgumentEdit = z.infer<typeof argumentEditSchema>;
