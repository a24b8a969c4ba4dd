import { fields, text, type Toolset } from './toolset';

const money = {
  type: 'object',
  properties: { amount: { type: 'string', pattern: '^\\d{1,12}(\\.\\d{1,2})?$' }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
  required: ['amount', 'currency'],
  additionalProperties: false,
};

export const payments: Toolset = {
  tools: [
    {
      name: 'issue_refund', toolset: 'payments', operation: 'refund', resource: '/orderId', classes: ['financial'],
      description: 'Pay money back for an order.',
      inputSchema: fields({ orderId: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' }, amount: money, reason: text(2_000) }),
      formats: { '/amount': 'money' },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
      redeem: 'required',
      display: { title: 'Refund {amount} for order {orderId}', verb: 'Refund', object: '{amount}', destination: 'the customer of order {orderId}', undo: 'Money paid out has to be asked back from the customer.' },
    },
  ],
  policies: {
    'refund.small': `@reason("Refunds of up to EUR 100 may be paid without asking.")
permit (principal, action == Action::"call", resource == Tool::"issue_refund")
when { context.args.amount.currency == "EUR" && context.args.amount.amount.lessThanOrEqual(decimal("100.00")) };`,
    'refund.large': `@ask("payments")
@reason("The refund is over EUR 100. Check the order and the amount before money leaves.")
permit (principal, action == Action::"call", resource == Tool::"issue_refund")
when { context.args.amount.currency == "EUR" && context.args.amount.amount.greaterThan(decimal("100.00")) };`,
    'refund.other-currency': `@ask("payments")
@reason("The refund is not in euros, so the limit for small refunds does not apply.")
permit (principal, action == Action::"call", resource == Tool::"issue_refund")
when { context.args.amount.currency != "EUR" };`,
    'refund.untrusted': `@ask("payments")
@reason("The amount or the order was taken from text that came from outside. Compare it with the order itself.")
permit (principal, action == Action::"call", resource == Tool::"issue_refund")
when { context.tainted.containsAny(["amount", "orderId"]) };`,
    'refund.very-large': `@reason("Refunds over 1,000 are made by people in the payment system, not by agents.")
forbid (principal, action == Action::"call", resource == Tool::"issue_refund")
when { context.args.amount.amount.greaterThan(decimal("1000.00")) };`,
    'refund.nothing': `@reason("A refund must be of more than nothing.")
forbid (principal, action == Action::"call", resource == Tool::"issue_refund")
when { context.args.amount.minor <= 0 };`,
  },
};
