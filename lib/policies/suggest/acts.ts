import { stem, words } from './words';

/** What somebody does with a tool, by the kind of damage that it can do. `manage` may be any of the changing ones. */
export const acts = ['read', 'write', 'send', 'pay', 'delete', 'execute', 'access', 'control', 'manage'] as const;
export type Act = (typeof acts)[number];

/** Verbs that mean one thing wherever they stand. */
const plainVerbs: Record<Act, string> = {
  read: `get fetch read find retrieve obtain acquire describe summarize summarise analyze analyse calculate compute convert translate browse lookup inspect explain extract parse measure explore
    fetch navigate determine identify estimate predict forecast recommend suggest detect tell see know compare collect gather learn enumerate discover locate recognize recognise classify solve
    proofread paraphrase tally gauge ask peek visit`,
  write: `create add generate compose insert append save store prepare write edit modify adjust rename organize organise insert attach upload import duplicate paste complete finish mark
    sort merge restore reschedule postpone assign remind upsert draft make revise correct amend fill enter put bookmark annotate transcribe rearrange move resize
    synchronize synchronise follow unfollow enqueue update set extend replace increase decrease reduce expand customize customise personalize replicate import`,
  send: `send reply respond notify greet publish announce submit broadcast dispatch forward retweet inform share transmit deliver ping fax disclose`,
  pay: `pay buy purchase transfer withdraw deposit donate reimburse invest sell lend borrow subscribe checkout reserve rent hire spend redeem remit repay prepay`,
  delete: `delete remove erase wipe purge destroy cancel uninstall unsubscribe discard trash truncate clear abort terminate shred unpublish detach unlink deactivate archive reset drop leave kill dispose`,
  execute: `execute exec eval deploy compile install launch rerun spawn invoke sudo debug interpret`,
  access: `grant revoke authorize authorise unlock approve ban unban block unblock invite enroll enrol allow permit authenticate impersonate delegate lock enable disable onboard whitelist blacklist escalate logout signup deauthorize login`,
  control: `listen connect disconnect turn activate start stop pause resume restart reboot dim drive steer brake arm disarm shutdown dial raise lower play mute unmute`,
  manage: `manage handle administer maintain operate configure process`,
};

/** Words that are nouns as often as verbs: they count as verbs only where a verb stands. */
const nounVerbs: Record<Act, string> = {
  read: `search list view show check query look review report display monitor watch count audit scan test study research examine download track preview verify validate assess evaluate verify plot benchmark hunt
    summary help sum average`,
  write: `like rate link copy crop pin fix sync mark register note log record schedule tag label plan change build design develop document file bookmark index format group outline time tidy clean flag star batch merge template form`,
  send: `email mail message text post tweet contact call comment chat sms dm phone export`,
  pay: `place order book trade tip charge bid refund wire stake exchange fund bill gift invoice loan loan`,
  delete: `dump cut`,
  execute: `run script code shell command terminal trigger`,
  access: `access guest permission`,
  control: `control switch open close light`,
  manage: `support service`,
};

/** Nouns of doing, as tools are named ("FundWithdrawal") and as people ask ("make a payment"). */
const nounsOfDoing: Record<Act, string> = {
  read: `retrieval search lookup calculation conversion translation summary analysis comparison recommendation analytics summarization`,
  write: `creation modification alteration insertion update reminder appointment registration completion scheduling generation upload draft entry edit addition assignment`,
  send: `submission notification announcement reply response email message post publication tweet forwarding invitation broadcast comment export letter sharing disclosure`,
  pay: `payment purchase transfer withdrawal deposit donation refund reservation booking order subscription investment transaction reimbursement checkout trade sale bid`,
  delete: `deletion removal cancellation erasure termination wiping destruction shutdown reset dismissal retraction`,
  execute: `execution deployment installation compilation`,
  access: `authorization authorisation permission approval revocation login enrollment enablement delegation escalation override`,
  control: `activation deactivation navigation`,
  manage: `management administration handling maintenance operation configuration processing controller manager handler`,
};

/** Things that only look: no verb, but a word for what does the looking. */
export const lookers = new Set(words(`database api search analyzer analyser analysis analytics viewer finder reader calculator converter simulator selector evaluator tracker summarizer summariser recommender guide
  lookup directory explorer browser dictionary encyclopedia catalog catalogue checker planner forecast details info information statistics stats metrics status wiki feed`).map(stem));

export type Verb = { act: Act; alsoNoun: boolean };
const known = new Map<string, Verb>();
for (const act of acts) for (const word of words(plainVerbs[act])) if (!known.has(word)) known.set(word, { act, alsoNoun: false });
for (const act of acts) for (const word of words(nounVerbs[act])) if (!known.has(word)) known.set(word, { act, alsoNoun: true });
const byStem = new Map([...known].map(([word, verb]) => [stem(word), verb] as const));
const doing = new Map<string, Act>();
for (const act of acts) for (const word of words(nounsOfDoing[act])) if (!doing.has(stem(word))) doing.set(stem(word), act);

/** A word as a verb in its base form or its -ing form; "sent", "received" and "sends" describe, they do not ask. */
export function verbOf(word: string): Verb | undefined {
  return known.get(word) ?? (word.endsWith('ing') && word.length > 5 ? byStem.get(stem(word)) : undefined);
}
/** A word as the name of a doing: "payment", "deletion". */
export const doingOf = (word: string): Act | undefined => doing.get(stem(word));

/** Which of several weighs more, as far as harm goes. */
const weight: Record<Act, number> = { read: 0, manage: 1, write: 1, control: 2, send: 3, access: 4, delete: 4, pay: 5, execute: 6 };
export const worse = (one: Act, other: Act): Act => (weight[other] > weight[one] ? other : one);
