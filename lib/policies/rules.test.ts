import { expect, it } from 'vitest';
import { bundleDifference, callSentence } from './rules';
import { starterBundle } from './starter';

it('names what a bundle adds, removes and changes', () => {
  const before = starterBundle();
  expect(bundleDifference(before, starterBundle(2))).toEqual({ policies: { added: [], removed: [], changed: [] }, tools: { added: [], removed: [], changed: [] }, routes: { added: [], removed: [], changed: [] }, limits: false, settings: false });
  const { 'crm.read': _gone, ...kept } = before.policies;
  const after = { ...before, policies: { ...kept, mine: { text: 'permit (principal, action, resource);' }, 'crm.export': { text: 'changed' } }, limits: [], organisation: { ...before.organisation, domains: ['example.com'] } };
  expect(bundleDifference(before, after)).toMatchObject({ policies: { added: ['mine'], removed: ['crm.read'], changed: ['crm.export'] }, limits: true, settings: true });
});

it('writes values in full and never takes a template from them', () => {
  const tool = starterBundle().tools.find((one) => one.name === 'send_email')!;
  const long = 'x'.repeat(5_000);
  expect(callSentence(tool, { to: `{subject}${long}`, subject: '{to}' })).toMatchObject({ title: `Send an e-mail to {subject}${long}`, object: '“{to}”' });
  expect(callSentence(tool, {}).title).toBe('Send an e-mail to (nothing)');
  expect(callSentence({ ...tool, display: undefined }, {}).title).toBe('Call send_email');
});
