import { z } from 'zod';

/** The simulated agents, by the name that people see. */
export const parts = ['office-notes', 'support-triage', 'billing-helper', 'infra-watch'] as const;
export type PartName = (typeof parts)[number];

export const startDemoSchema = z.strictObject({
  /** The same seed tells the same stories with the same names; a new one is drawn otherwise. */
  seed: z.string().min(1).max(64).regex(/^[A-Za-z0-9_-]+$/, 'must be letters, digits, "_" or "-"').optional(),
});
export type StartDemo = z.input<typeof startDemoSchema>;

/** What the demo's tools have done in this run: files and rows that can be counted. */
export type DemoEffects = { mails: number; refunds: number; exports: number; commands: number };

export type DemoState = {
  /** Its agents are at work now. */
  running: boolean;
  /** It was asked for and not stopped since; while it is not running, a worker is starting it. */
  wanted: boolean;
  runId: string | null;
  seed: string | null;
  /** Since when it runs, or when it was asked for. RFC 3339. */
  since: string | null;
  /** What keeps it from running, in a sentence. */
  trouble: string | null;
  /** Null where this process cannot see the run's folder, e.g. on another machine. */
  effects: DemoEffects | null;
};

/** What the fleet's process is told, over its own channel: credentials are neither in its command line nor in its environment. */
export const fleetConfigSchema = z.strictObject({
  runId: z.string(),
  seed: z.string(),
  /** The gateway. */
  url: z.string(),
  /** DATA_DIR/demo/<run>. */
  folder: z.string(),
  controlPin: z.string().optional(),
  /** The organisation's own domain, as the rules know it. */
  domain: z.string(),
  /** 1 is an agent's usual pace; 0.1 is ten times as fast. */
  pace: z.number().min(0).max(100),
  agents: z.array(z.strictObject({ part: z.enum(parts), clientId: z.string(), clientSecret: z.string() })).min(1),
});
export type FleetConfig = z.infer<typeof fleetConfigSchema>;

/** What goes down to the fleet's process … */
export const toFleetSchema = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('run'), config: fleetConfigSchema }), z.strictObject({ kind: z.literal('stop') })]);
export type ToFleet = z.infer<typeof toFleetSchema>;

/** … and what comes up from it. `over`: every agent has ended its run by itself. */
export const fromFleetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('at_work') }),
  z.strictObject({ kind: z.literal('over'), why: z.string() }),
]);
export type FromFleet = z.infer<typeof fromFleetSchema>;
