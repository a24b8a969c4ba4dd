import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { troubleOf } from './ask-key';
import { StepUp } from './step-up';
import type { StepUpState } from './use-step-up';

const shown = (state: StepUpState) => renderToStaticMarkup(<StepUp state={state} signing="this approval" onAgain={() => undefined} onLeave={() => undefined} />);

describe('the step between a press and its signature', () => {
  it('is nothing while nothing is asked', () => {
    expect(shown({ kind: 'idle' })).toBe('');
  });

  it('says what is being signed while the key is waited for, and can be left', () => {
    const html = shown({ kind: 'waiting' });
    expect(html).toContain('sign this approval');
    expect(html).toContain('role="status"');
    expect(html).toContain('>Leave<');
  });

  it('offers a one-time password only where the server takes one and the page can take it up', () => {
    const byCode = { turn: () => undefined, give: () => undefined };
    const html = (state: StepUpState, more = {}) => renderToStaticMarkup(<StepUp state={state} signing="this approval" onAgain={() => undefined} onLeave={() => undefined} {...more} />);
    expect(html({ kind: 'waiting', code: true }, { byCode })).toContain('Type a one-time password instead');
    expect(html({ kind: 'unsupported', code: true }, { byCode })).toContain('Type a one-time password');
    for (const state of [{ kind: 'waiting' }, { kind: 'waiting', code: false }, { kind: 'unsupported' }, { kind: 'cancelled' }] as const) expect(html(state, { byCode })).not.toContain('one-time');
    expect(html({ kind: 'waiting', code: true })).not.toContain('one-time');
    expect(html({ kind: 'typing', code: true }, { byCode })).toMatch(/autoComplete="one-time-code"|autocomplete="one-time-code"/);
  });

  it.each(['cancelled', 'timed_out', 'failed', 'no_verification'] as const)('offers to ask again when it was %s, and is announced', (kind) => {
    expect(shown({ kind })).toMatch(/role="alert".*Ask the key again/);
  });

  it.each(['unsupported', 'wrong_place'] as const)('does not offer what cannot help when it is %s', (kind) => {
    expect(shown({ kind })).not.toContain('Ask the key again');
  });

  it('leads to where a passkey is registered when there is none', () => {
    expect(shown({ kind: 'no_passkey' })).toContain('href="/settings#passkeys"');
  });

  it('gives the server’s own sentence', () => {
    expect(shown({ kind: 'refused', because: 'This was not asked for.' })).toContain('This was not asked for.');
  });
});

describe('what a browser’s error means', () => {
  const error = (over: object) => Object.assign(new Error('x'), over);
  it.each([
    [{ code: 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY', cause: { name: 'NotAllowedError' } }, false, 'cancelled'],
    [{ code: 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY', cause: { name: 'NotAllowedError' } }, true, 'timed_out'],
    [{ code: 'ERROR_CEREMONY_ABORTED' }, false, 'cancelled'],
    [{ code: 'ERROR_INVALID_RP_ID' }, false, 'wrong_place'],
    [{ code: 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED' }, false, 'known_already'],
    [{ code: 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT' }, false, 'no_verification'],
    [{ code: 'ERROR_AUTHENTICATOR_GENERAL_ERROR' }, true, 'failed'],
  ] as const)('%o, late %s: %s', (over, late, trouble) => {
    expect(troubleOf(error(over), late)).toBe(trouble);
  });
});
