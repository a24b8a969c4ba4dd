/** How fast one person decides: how often in the last ten minutes, and how long in the middle from opening a card to deciding it; null where they opened none. */
export type Pace = { decisions: number; eachMs: number | null };

/** One approver over a while. `busiest`: the most decisions in any ten minutes. Times are from a card's first opening by that person to their decision. */
export type ApproverFigures = { personId: string; name: string; decisions: number; approvals: number; unopened: number; busiest: number; medianMs: number | null; p90Ms: number | null };

/** What people did with what one rule asked. `quick`: approved within three seconds of opening it, or unopened. */
export type RuleFigures = { rule: string; decisions: number; approvals: number; quick: number };

export type UnseenExpiry = { id: string; title: string; agentName: string; risk: string; routes: string[]; expiredAt: string };

/** One stretch of time: how questions ended that ended in it, and how long the decided ones had waited. */
export type FlowBin = { at: string; granted: number; denied: number; expired: number; cancelled: number; medianMs: number | null; p90Ms: number | null };

export type StandingFlood = { agentId: string; agentName: string; orderId: string; alertId: string; asks: number; limit: number; at: string };

export type FlowView = {
  days: number; bins: FlowBin[]; approvers: ApproverFigures[]; rules: RuleFigures[];
  expired: { seen: number; unseen: number; newest: UnseenExpiry[] };
  floods: StandingFlood[]; asksPerMinute: number;
};
