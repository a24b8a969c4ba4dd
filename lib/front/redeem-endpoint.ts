import type { IncomingMessage, ServerResponse } from 'node:http';
import { makeContext } from '@/lib/context';
import { asDomainError, invalid } from '@/lib/errors';
import { redeemPermit, type Gate } from '@/lib/gate';
import { parseInput } from '@/lib/parse-input';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { MAX_BODY_BYTES } from '@/lib/protocol/limits';
import { redeemInputSchema } from '@/lib/protocol/redeem';
import { parseStrictJson } from '@/lib/protocol/strict-json';
import { isDatabaseAway } from '@/lib/db';
import { sendJson, sendProblem } from './answers';
import { readBody } from './read-body';

const sentences = {
  used: 'This permit was redeemed before. A permit is good for one call.',
  expired: 'This permit has expired. Ask the agent for a fresh one.',
  digest_mismatch: 'These are not the arguments that were allowed. Do not run the call.',
  stopped: 'A stop was engaged, or the session ended, after this was allowed. Do not run the call.',
  invalid: 'This permit does not hold. Do not run the call.',
} as const;

/** `POST /api/v1/permits/redeem`: the permit itself is the credential; whoever holds it may trade it in once. */
export async function answerRedeem(gate: Gate, keys: KeySet, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (request.method !== 'POST') return sendProblem(response, 405, 'Method not allowed', 'Redeeming takes POST.');
    const json = parseStrictJson(await readBody(request, MAX_BODY_BYTES));
    if (!json.ok) throw invalid(`The body ${json.issues[0].message}.`, json.issues);
    const input = parseInput(redeemInputSchema, json.value);
    const redeemed = await redeemPermit(gate, makeContext({ kind: 'system', process: 'gateway' }), input, keys);
    if (redeemed.ok) sendJson(response, 200, { actionId: redeemed.actionId }, { 'Cache-Control': 'no-store' });
    else sendProblem(response, redeemed.code === 'invalid' ? 400 : 409, redeemed.code === 'invalid' ? 'Invalid' : 'Conflict', sentences[redeemed.code], { code: redeemed.code });
  } catch (error) {
    const known = asDomainError(error);
    if (known.code === 'invalid') return sendProblem(response, 400, 'Invalid', known.message, { code: 'invalid', ...(known.issues ? { issues: known.issues } : {}) });
    if (known.code === 'unavailable' || isDatabaseAway(error)) return sendProblem(response, 503, 'Unavailable', 'The permit cannot be checked at the moment. Do not run the call; try again.', { code: 'unavailable' });
    gate.logger.error({ err: error }, 'redeeming failed');
    sendProblem(response, 500, 'Internal error', 'The permit could not be checked. Do not run the call.', { code: 'internal' });
  }
}
