import { stem, stems, words } from './words';

/** What says little: such a word in common joins nothing. */
export const vague = stems(`data info information detail details item items thing list result results id ids name names content contents status type all new current get set tool tools function service services
  system api app application server client v1 v2 by for from with to of in on at and or the a an my your value number most least every object entry entries manager management handler page recent latest last first
  specific available full total general public multi multiple batch bulk single one two more main default raw custom advanced basic simple quick smart based online mobile web site request response action
  state level option options setting settings property properties attribute attributes field fields key report use make please me day today date time`);

/** Words for one thing. Each line is a thing. */
const synonyms = `
email mail inbox mailbox mails gmail outlook
sms text texts
dm direct
image picture photo photograph screenshot
repository repo repositories codebase
event appointment meeting calendar agenda
task todo reminder chore
note memo notebook
document doc docs
file attachment
folder directory dir
hotel accommodation lodging motel inn
flight airline airfare plane flights
car vehicle auto automobile
restaurant dining eatery
movie film cinema
song music track tune playlist
doctor physician dentist clinician
medicine medication drug prescription
money fund cash
bill invoice
stock share equity
review rating
product merchandise goods
shipment parcel package delivery
client customer
employee staff worker personnel
website webpage site url link
spreadsheet sheet excel
weather temperature rain forecast climate humidity
message chat
password passcode passphrase
person people
purchase order
bug issue defect
route direction directions
house home property apartment
translate translation
holiday vacation
company business firm corporation
job career vacancy
city town
price cost quote
`;
const canonical = new Map<string, string>();
for (const line of synonyms.split('\n')) {
  const [first, ...others] = words(line);
  if (first !== undefined) for (const other of others) canonical.set(stem(other), stem(first));
}
/** One key for a word and its synonyms. */
export const subject = (word: string): string => { const key = stem(word); return canonical.get(key) ?? key; };

/** Fields of life: two words of one field have to do with each other. */
const fields = `
money pay payment bank account balance transaction transfer fund bill invoice iban payee deposit withdrawal currency expense spending spend budget salary refund subscription rent debit credit tax fee loan mortgage
invest investment investor portfolio stock market share equity bond holding trading trade crypto bitcoin asset broker dividend ticker financial finance return fund sector economy
email inbox recipient sender subject contact correspondence reply attachment
calendar event meeting appointment schedule availability participant attendee invite
file folder document attachment drive disk directory pdf spreadsheet
contact friend colleague person phone address people coworker
message chat channel workspace team conversation dm
website webpage web url link browser internet page http
travel trip hotel flight restaurant car rental airport itinerary booking tour vacation reservation passenger destination train bus ticket city sightseeing journey airline rating
health patient medical medicine doctor disease treatment diagnosis symptom prescription clinical hospital therapy nurse illness condition drug allergy
mental psychological therapy counseling counselor depression stress anxiety emotional patient wellbeing relationship
law legal compliance contract regulation lawsuit litigation attorney agreement court regulatory liability policy risk
education student course school teacher grade academic scholarship curriculum college university exam semester study learning performance
research paper publication literature study citation academic author journal article finding science scholar
code repository commit branch bug software programming developer function pull issue build
network system server software security infrastructure backup vulnerability monitor patch admin host firewall update resource
shop product order cart price store purchase catalog item discount seller customer shipping sales inventory marketing campaign listing
vehicle driving autonomous traffic road sensor navigation path collision route lane car
aircraft flight aerospace engine wing aviation simulator wind
weather temperature rain forecast humidity wind climate snow
food recipe meal restaurant cook ingredient menu dish cuisine
music song artist album playlist movie film video actor genre concert show
home light thermostat device lamp door temperature smart appliance
sport game team player match league score season tournament
place map location distance direction route city near nearby address country
news article headline press
job employee hire salary candidate resume career vacancy
house property rent apartment estate mortgage
social tweet post follower profile hashtag
`;
const fieldsOf = new Map<string, Set<number>>();
fields.split('\n').forEach((line, index) => {
  for (const word of words(line)) (fieldsOf.get(subject(word)) ?? fieldsOf.set(subject(word), new Set()).get(subject(word))!).add(index);
});
export const fieldsOfSubject = (key: string): ReadonlySet<number> => fieldsOf.get(key) ?? none;
const none: ReadonlySet<number> = new Set();

const keys = (text: string): Set<string> => new Set(words(text).map(subject));
/** What opens doors: read only where it is asked for by name. */
export const secrets = keys('password passcode secret credential token apikey ssn pin cvv otp passport authenticator mfa cookie wallet keychain vault');
/** Two words that make one of these. */
export const secretPairs: [string, string][] = [['payment', 'method'], ['credit', 'card'], ['api', 'key'], ['private', 'key'], ['ssh', 'key'], ['access', 'key'], ['social', 'security'], ['debit', 'card'], ['security', 'code'], ['verification', 'code']];
/** What is somebody's own. */
export const personal = keys(`user email message sms chat dm contact address phone friend profile history location medical patient health prescription genetic account balance transaction salary reservation booking
  event note document file photo record log payment card identity customer employee personal private holding portfolio tax bank payee person dna genome diagnosis guest appointment insurance resume
  conversation confidential audit clinical claim invoice signature biometric fingerprint`);
/** What anybody may read anywhere. */
export const common = keys(`weather time timezone currency exchange news wikipedia dictionary definition calculator math arithmetic unit holiday map direction restaurant hotel flight movie song recipe country
  city language translation distance horoscope lyrics elevation sunrise pollution earthquake anagram prime factorial statistics mean median probability physics chemistry formula geometry triangle sport league
  conversion encyclopedia`);
export const moneyThings = keys('money fund payment cash bitcoin crypto transaction remittance');
/** What decides who may do what, or belongs to an account itself. */
export const powers = keys(`password passcode authentication mfa factor permission role firewall credential privilege sharing admin administrator security guest lock door user account access token certificate
  policy membership member visibility authorization login signin profile`);
export const notMoney = keys('file folder call data ownership document record email message domain photo image');
/** What is done with these goes to other people. */
export const outward = keys('email message sms tweet post invitation notification letter');

/** Harm as a noun: a tool that is named after it is not for an agent. */
const harm = stems(`theft fraud sabotage tampering tamper manipulation leak breach hijack hijacking phishing malware ransomware exfiltration espionage laundering fabrication forgery deepfake poisoning sniffing spoof spoofing
  hack hacking exploit attack sniffer keylogger backdoor rootkit botnet ddos jailbreak extortion blackmail scam counterfeit infection   surveillance fraudulent malicious unlawful illegal fake falsification embezzlement bribery steal stealing injection `);
const against = stems('protection prevention detection protect prevent detect detector guard awareness defense defence anti security checker monitor scanner check verification recovery');
export const speaksOfHarm = (all: readonly string[]): boolean => all.some((word) => harm.has(stem(word))) && !all.some((word) => against.has(stem(word)));
