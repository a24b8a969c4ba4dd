import { z } from 'zod';

/** What a rogue is told by the drill, over its standard input. */
export const rogueOrdersSchema = z.object({
  kind: z.string(),
  /** In its command line and in that of everything that comes of it. */
  mark: z.string(),
  folder: z.string(),
  gatewayUrl: z.string(), clientId: z.string(), clientSecret: z.string(), instanceId: z.string(),
  /** The drill's own PID namespace. */
  outerNamespace: z.string(),
});
export type RogueOrders = z.infer<typeof rogueOrdersSchema>;

/** What it leaves in its folder once it is up. */
export const rogueUpSchema = z.object({ sessionId: z.string(), lives: z.number(), port: z.number().nullable(), note: z.string().nullable() });
export type RogueUp = z.infer<typeof rogueUpSchema>;

/** What the inner end of the bridge is told, by a file: which addresses lead out, and what to run. */
export const cutOrdersSchema = z.object({ ends: z.array(z.object({ host: z.string(), port: z.number(), socket: z.string() })), hostsFile: z.string().nullable(), command: z.array(z.string()) });
export type CutOrders = z.infer<typeof cutOrdersSchema>;

/** Signs of life are given this often, and nothing that a drill starts lives longer than that, stopped or not (milliseconds). */
export const BEAT_MS = 20;
export const LIFE_MS = 5 * 60_000;
