import { expect, it } from 'vitest';
import { sayEffects } from './say-effects';

it('says what was done and what was not', () => {
  expect(sayEffects({ mails: 0, refunds: 1, exports: 0, commands: 0 })).toBe('no mail is in its outbox, 1 refund in its ledger, no export made');
  expect(sayEffects({ mails: 3, refunds: 12, exports: 2, commands: 1 })).toBe('3 mails are in its outbox, 12 refunds in its ledger, 2 exports made, 1 command in its log');
});
