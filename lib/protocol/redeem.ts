import { z } from 'zod';
import { argsSchema, toolNameSchema } from './primitives';

/** `POST /api/v1/permits/redeem`: the permit, and the call that it is to be traded in for. */
export const redeemInputSchema = z.strictObject({ permit: z.string().min(1).max(8_192), tool: toolNameSchema, args: argsSchema });

/** Why a permit that could be read is not taken. */
export const redeemRefusals = ['used', 'expired', 'digest_mismatch', 'stopped'] as const;
