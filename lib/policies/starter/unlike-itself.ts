import type { Toolset } from './toolset';

/** What reaches outside waits for a person while the agent is quite unlike itself: several things at once differ from usual, as no single one weighs as much. */
export const unlikeItself: Toolset = {
  tools: [],
  policies: {
    'unlike-itself.mail': `@ask("outbound-mail")
@reason("This agent is acting quite unlike itself, so its mail waits for a person. Look at what differs from usual.")
permit (principal, action == Action::"call", resource == Tool::"send_email")
when { context.behaviour.history && context.session.behaviourScore >= 60 };`,
    'unlike-itself.money': `@ask("payments")
@reason("This agent is acting quite unlike itself, so no money leaves before a person has looked at what differs from usual.")
permit (principal, action == Action::"call", resource == Tool::"issue_refund")
when { context.behaviour.history && context.session.behaviourScore >= 60 };`,
  },
};
