import { fields, text, type Toolset } from './toolset';

const ticketId = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' };

export const ticketSystem: Toolset = {
  tools: [
    {
      name: 'read_ticket', toolset: 'ticket_system', operation: 'read', resource: '/ticketId', classes: ['read-only'],
      description: 'Read one support ticket with its messages.',
      inputSchema: fields({ ticketId }),
      annotations: { readOnlyHint: true, openWorldHint: false },
      display: { title: 'Read ticket {ticketId}', verb: 'Read', object: 'ticket {ticketId}', undo: 'Nothing to undo: it only reads.' },
    },
    {
      name: 'update_ticket', toolset: 'ticket_system', operation: 'update', resource: '/ticketId', classes: ['internal-write'],
      description: 'Comment on a ticket or change its status. Comments are internal.',
      inputSchema: fields({ ticketId, comment: text(10_000), status: { type: 'string', enum: ['open', 'waiting', 'solved', 'closed'] } }, ['comment', 'status']),
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
      display: { title: 'Update ticket {ticketId}', verb: 'Update', object: 'ticket {ticketId}', undo: 'The ticket’s history keeps the old state; it can be changed back.' },
    },
  ],
  policies: {
    'tickets.read': `@reason("Support agents may read the tickets they were granted.")
permit (principal, action == Action::"call", resource == Tool::"read_ticket");`,
    'tickets.update': `@reason("Support agents may comment on tickets and change their status; customers do not see it.")
permit (principal, action == Action::"call", resource == Tool::"update_ticket");`,
    'tickets.close-on-untrusted-word': `@ask("routine")
@reason("The session has read text from outside and now wants to close a ticket. Check that the customer’s problem is really solved.")
permit (principal, action == Action::"call", resource == Tool::"update_ticket")
when { context.args has status && context.args.status == "closed" && context.session.untrustedSeen };`,
  },
};
