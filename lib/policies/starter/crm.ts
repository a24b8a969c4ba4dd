import { fields, type Toolset } from './toolset';

export const crm: Toolset = {
  tools: [
    {
      name: 'read_customer', toolset: 'crm', operation: 'read', resource: '/customerId', classes: ['read-only', 'data-access'],
      description: 'Read one customer’s record.',
      inputSchema: fields({ customerId: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' } }),
      annotations: { readOnlyHint: true, openWorldHint: false },
      display: { title: 'Read customer {customerId}', verb: 'Read', object: 'customer {customerId}', undo: 'Nothing to undo: it only reads. What was read stays read.' },
    },
    {
      name: 'export_customers', toolset: 'crm', operation: 'export', classes: ['data-access'],
      description: 'Export customers’ records to a file.',
      inputSchema: fields(
        {
          filter: { type: 'string', maxLength: 1_000 },
          fields: { type: 'array', minItems: 1, maxItems: 50, items: { type: 'string', minLength: 1, maxLength: 64 } },
          format: { type: 'string', enum: ['csv', 'json'] },
        },
        ['filter', 'fields', 'format'],
      ),
      annotations: { readOnlyHint: true, openWorldHint: false },
      display: { title: 'Export the customer list', verb: 'Export', object: 'customers’ records', destination: 'a file the agent can read', undo: 'The file can be deleted; what was read from it stays read.' },
    },
  ],
  policies: {
    'crm.read': `@reason("Agents may read single customer records they were granted.")
permit (principal, action == Action::"call", resource == Tool::"read_customer");`,
    'crm.export': `@ask("data-export")
@reason("This hands the agent many customers’ personal data at once. Ask yourself what it needs all of them for.")
permit (principal, action == Action::"call", resource == Tool::"export_customers");`,
    'crm.export-after-untrusted': `@ask("untrusted-outbound")
@reason("The session has read text from an untrusted source and now wants the customer list. If nobody asked for an export, deny and stop the session.")
permit (principal, action == Action::"call", resource == Tool::"export_customers")
when { context.session.untrustedSeen };`,
  },
};
