export type { ApproverFigures, FlowBin, FlowView, RuleFigures, StandingFlood, UnseenExpiry } from '@/lib/flow/schema';
