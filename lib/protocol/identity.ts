import { z } from 'zod';

/** What an agent may touch: a toolset, operations of it, and a glob over the resource's normalised value. */
export const capabilitySchema = z.strictObject({
  type: z.literal('tool'),
  tool: z.string().min(1).max(128),
  actions: z.array(z.string().min(1).max(64)).min(1).max(64),
  scope: z.string().min(1).max(512),
});
export type Capability = z.infer<typeof capabilitySchema>;

export const authorizationDetailsSchema = z.array(capabilitySchema).max(256);

export const instanceSchema = z.strictObject({
  id: z.string().min(1).max(128).regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
  name: z.string().min(1).max(200),
  version: z.string().max(100).optional(),
  host: z.string().max(255).optional(),
});
export type InstanceClaim = z.infer<typeof instanceSchema>;

/** What a client sends in `auth` when it connects to the namespace `/agent`. */
export const handshakeSchema = z.strictObject({
  protocol: z.literal(1, 'this server speaks protocol 1'),
  token: z.string().min(1).max(8_192),
  instance: instanceSchema,
});
export type Handshake = z.infer<typeof handshakeSchema>;
