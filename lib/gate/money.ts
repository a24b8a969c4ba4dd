import type { Bundle } from '@/lib/policies/schema';
import type { Money } from '@/lib/protocol/primitives';

/** Money as ten-thousandths, exact for every amount the contract allows up to nine digits before the point. */
export function toE4(money: Money | undefined): number {
  if (!money) return 0;
  const negative = money.amount.startsWith('-');
  const [whole = '0', fraction = ''] = money.amount.replace('-', '').split('.');
  const value = Number(whole) * 10_000 + Number(fraction.padEnd(4, '0'));
  return negative ? -value : value;
}
export const fromE4 = (value: number): string => (value / 10_000).toFixed(4);

/** What a call costs: our price for the tool; the agent's own estimate can only raise it. */
export function costOf(bundle: Bundle, tool: string, estimate: Money | undefined): { costE4: number; currency: string } {
  const price = bundle.prices?.tools[tool];
  const currency = price?.currency ?? estimate?.currency ?? 'EUR';
  return { costE4: Math.max(0, toE4(price), estimate && estimate.currency === currency ? toE4(estimate) : 0), currency };
}
