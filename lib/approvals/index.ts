/** Approvals: the human side of an ask. One terminal transition each, and no answer is never a yes. */
export { decideApproval } from './decide-approval';
export { holds, signatureOf } from './signatures';
export { usualOf, type Usual } from './usual';
export { beginApproval } from './begin-approval';
export { cancelOpenApprovals, rejectForgery, supersedeApproval, expireApprovals, nextExpiryMs } from './end-approvals';
export { listApprovals, getApproval, approvalStanding, countApprovals } from './queries';
export type { ApprovalSummary, ApprovalDetail } from './queries';
export type { DecideApproval, DecidedApproval, ApprovalStateName } from './schema';
