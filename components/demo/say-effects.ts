import type { DemoEffects } from '@/lib/demo/schema';

/** What the demo's tools have done, as a sentence's end: "3 mails are in its outbox, 1 refund in its ledger, no export". */
export function sayEffects({ mails, refunds, exports, commands }: DemoEffects): string {
  const count = (n: number, one: string, many: string) => `${n === 0 ? 'no' : n} ${n <= 1 ? one : many}`;
  const parts = [
    `${count(mails, 'mail', 'mails')} ${mails <= 1 ? 'is' : 'are'} in its outbox`,
    `${count(refunds, 'refund', 'refunds')} in its ledger`,
    `${count(exports, 'export', 'exports')} made`,
  ];
  if (commands > 0) parts.push(`${count(commands, 'command', 'commands')} in its log`);
  return parts.join(', ');
}
