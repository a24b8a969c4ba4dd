import type { BundleInput } from '../schema';

/** Reads are cheap and stay unlimited; what reaches money, people or machines is slow on purpose. */
export const limits: BundleInput['limits'] = [
  { on: { per: 'session' }, costPerSession: { amount: '50.00', currency: 'EUR' } },
  { on: { per: 'agent' }, costPerDay: { amount: '500.00', currency: 'EUR' } },
  { on: { per: 'tool', name: 'send_email' }, callsPerMinute: { rate: 30, burst: 30 }, callsPerSession: 500 },
  { on: { per: 'tool', name: 'export_customers' }, callsPerSession: 5, maxConcurrent: 1 },
  { on: { per: 'class', name: 'financial' }, callsPerMinute: { rate: 10, burst: 10 }, callsPerSession: 50 },
  { on: { per: 'class', name: 'destructive' }, callsPerMinute: { rate: 60, burst: 60 } },
  { on: { per: 'class', name: 'code-execution' }, callsPerMinute: { rate: 10, burst: 10 }, callsPerSession: 100, maxConcurrent: 2 },
];
