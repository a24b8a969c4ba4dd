import { fields, text, type Toolset } from './toolset';

export const email: Toolset = {
  tools: [
    {
      name: 'send_email', toolset: 'email', operation: 'send', resource: '/to', classes: ['external-communication'],
      description: 'Send an e-mail, with attachments if need be.',
      inputSchema: fields({ to: text(10_000), subject: text(500), body: text(100_000), attachments: { type: 'array', maxItems: 20, items: { type: 'string', minLength: 1, maxLength: 500 } } }, ['attachments']),
      formats: { '/to': 'email-list' },
      narrows: { '/attachments': ['drop', 'remove'] },
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
      display: {
        title: 'Send {attachments|an e-mail|an e-mail with 1 attachment|an e-mail with # attachments} to {to}',
        verb: 'Send', object: '“{subject}”{attachments|| with 1 attachment| with # attachments}', destination: '{to}',
        undo: 'A sent e-mail cannot be recalled.',
      },
    },
  ],
  policies: {
    'email.inside': `@reason("The e-mail stays inside the organisation and goes to at most ten people.")
permit (principal, action == Action::"call", resource == Tool::"send_email")
when { !context.args.to.external && context.args.to.count <= 10 };`,
    'email.outside': `@ask("outbound-mail")
@reason("This e-mail leaves the organisation and cannot be recalled.")
permit (principal, action == Action::"call", resource == Tool::"send_email")
when { context.args.to.external };`,
    'email.many': `@ask("outbound-mail")
@risk("high")
@reason("The e-mail goes to more than ten people at once.")
permit (principal, action == Action::"call", resource == Tool::"send_email")
when { context.args.to.count > 10 };`,
    'email.untrusted-recipient': `@ask("outbound-mail")
@risk("high")
@reason("Its recipient was taken from text that came from outside.")
permit (principal, action == Action::"call", resource == Tool::"send_email")
when { context.tainted.contains("to") };`,
    'email.untrusted-outside': `@ask("untrusted-outbound")
@reason("Text from an untrusted source shaped it: this is how stolen data gets out.")
permit (principal, action == Action::"call", resource == Tool::"send_email")
when {
  (context.args.to.external || context.args.to.count > 10) &&
  context.tainted.containsAny(["to", "subject", "body", "attachments"])
};`,
    'email.flood': `@reason("More than 200 recipients in one e-mail is a mass mailing; agents may not send those.")
forbid (principal, action == Action::"call", resource == Tool::"send_email")
when { context.args.to.count > 200 };`,
    'email.secrets': `@reason("The e-mail carries something that must not leave: a live secret or a planted marker was found in it.")
forbid (principal, action == Action::"call", resource == Tool::"send_email")
when { context.args.to.external && context.findings.worst >= 5 };`,
  },
};
