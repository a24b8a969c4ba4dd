import { z } from 'zod';
import { instanceSchema } from './identity';
import { idSchema } from './ids';
import { PROTOCOL_VERSION } from './limits';
import { timeSchema } from './primitives';

/** What holds a supervised process together: only of a namespace or a cgroup can be said that nothing is left in it. */
export const containments = ['pidns', 'cgroup', 'process_group'] as const;
export type Containment = (typeof containments)[number];

export const exitEvidences = ['cgroup-empty', 'pidns-empty', 'group-exited'] as const;
export type ExitEvidence = (typeof exitEvidences)[number];

/** What a supervisor does when control is silent for longer than the lease. */
export const controlLosses = ['kill', 'pause'] as const;
export type OnControlLoss = (typeof controlLosses)[number];

/** What a supervisor sends in `auth` when it connects to control's namespace `/supervisor`. */
export const supervisorHandshakeSchema = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION, 'this server speaks protocol 1'),
  key: z.string().min(1).max(200),
  instanceId: instanceSchema.shape.id,
  /** The supervisor's own process id. */
  pid: z.int().min(1).max(2 ** 31 - 1),
  containment: z.enum(containments).optional(),
  onControlLoss: z.enum(controlLosses).optional(),
  /** This run of the supervisor, the same to each control process, so that they know of whose end they hear. */
  runId: idSchema.optional(),
  /** To how many control processes it keeps a connection, this one included. */
  links: z.int().min(1).max(16).optional(),
});
export type SupervisorHandshake = z.infer<typeof supervisorHandshakeSchema>;

/** `halt`'s acknowledgement, sent once no process is left. */
export const haltedSchema = z.strictObject({ exitedAt: timeSchema, evidence: z.enum(exitEvidences) });
export type Halted = z.infer<typeof haltedSchema>;

/** `renew`: the id comes back in a `noop` order that control has signed for this question alone, so that an old answer renews nothing. */
export const renewSchema = z.strictObject({ id: idSchema });
/** `exited`: the process has ended, by itself or because control was silent. */
export const exitedSchema = z.strictObject({ exitedAt: timeSchema, evidence: z.enum(exitEvidences), code: z.int().min(0).max(255).optional(), signal: z.string().regex(/^SIG[A-Z0-9]{1,12}$/).optional() });
export type Exited = z.infer<typeof exitedSchema>;

/** What `renew` answers. `complete`: all that stands for this process has been told on this connection; until then nothing may be started. Unknown fields are left alone, since the contract grows by adding. */
export const renewedSchema = z.object({ ok: z.literal(true), orderJws: z.string().max(16_384), leaseMs: z.number(), agentId: z.string(), environment: z.string(), complete: z.boolean() });
