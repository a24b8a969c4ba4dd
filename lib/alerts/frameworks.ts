/** The two catalogues that alerts are named by. What is not here has no name of its own there. */
export type Named = { id: string; name: string };

/** MITRE ATLAS 5.6. */
const atlas = {
  'AML.T0029': 'Denial of AI Service',
  'AML.T0048': 'External Harms',
  'AML.T0051': 'LLM Prompt Injection',
  'AML.T0053': 'AI Agent Tool Invocation',
  'AML.T0054': 'LLM Jailbreak',
  'AML.T0080': 'AI Agent Context Poisoning',
  'AML.T0086': 'Exfiltration via AI Agent Tool Invocation',
} as const;

/** OWASP Top 10 for Agentic Applications 2026. */
const owasp = {
  ASI01: 'Agent Goal Hijack',
  ASI02: 'Tool Misuse and Exploitation',
  ASI03: 'Identity and Privilege Abuse',
  ASI04: 'Agentic Supply Chain Vulnerabilities',
  ASI05: 'Unexpected Code Execution',
  ASI06: 'Memory and Context Poisoning',
  ASI07: 'Insecure Inter-Agent Communication',
  ASI08: 'Cascading Failures',
  ASI09: 'Human-Agent Trust Exploitation',
  ASI10: 'Rogue Agents',
} as const;

type Ids = { atlas: readonly (keyof typeof atlas)[]; owasp: readonly (keyof typeof owasp)[] };

/** By the detector that saw it. */
const byDetector: Readonly<Record<string, Ids>> = {
  injection: { atlas: ['AML.T0051'], owasp: ['ASI01'] },
  // Only whoever read its instructions knows a session's canary: something made the agent hand them out.
  canary: { atlas: ['AML.T0051', 'AML.T0086'], owasp: ['ASI01', 'ASI02'] },
  secrets: { atlas: ['AML.T0086'], owasp: ['ASI03'] },
  'personal-data': { atlas: ['AML.T0086', 'AML.T0048'], owasp: ['ASI02'] },
  egress: { atlas: ['AML.T0086', 'AML.T0053'], owasp: ['ASI02'] },
  provenance: { atlas: ['AML.T0051', 'AML.T0053'], owasp: ['ASI01', 'ASI02'] },
  plan: { atlas: ['AML.T0051', 'AML.T0053'], owasp: ['ASI01'] },
  behaviour: { atlas: ['AML.T0053'], owasp: ['ASI10'] },
  'argument-history': { atlas: ['AML.T0053'], owasp: ['ASI02'] },
  // People who are asked more than they can weigh say yes.
  flood: { atlas: ['AML.T0029'], owasp: ['ASI09'] },
  budget: { atlas: ['AML.T0029'], owasp: ['ASI08'] },
};

/** What a kind says more closely, by a word in its name. */
const byWord: readonly (readonly [word: string, ids: Ids])[] = [
  ['jailbreak', { atlas: ['AML.T0054'], owasp: [] }],
  ['role', { atlas: ['AML.T0054'], owasp: [] }],
  ['memory', { atlas: ['AML.T0080'], owasp: ['ASI06'] }],
  ['agent_message', { atlas: [], owasp: ['ASI07'] }],
  ['code', { atlas: [], owasp: ['ASI05'] }],
  ['rate', { atlas: ['AML.T0029'], owasp: [] }],
];

/** How the two catalogues name what a detector saw; empty lists for a detector that they do not know. */
export function frameworksOf({ detector, kind }: { detector: string; kind: string }): { atlas: Named[]; owasp: Named[] } {
  const words = new Set(kind.split(/[^a-z0-9]+/));
  const kindWords = (word: string) => word.split('_').every((one) => words.has(one));
  const all = [...(Object.hasOwn(byDetector, detector) ? [byDetector[detector]!] : []), ...byWord.filter(([word]) => kindWords(word)).map(([, ids]) => ids)];
  return {
    atlas: [...new Set(all.flatMap((one) => one.atlas))].map((id) => ({ id, name: atlas[id] })),
    owasp: [...new Set(all.flatMap((one) => one.owasp))].map((id) => ({ id, name: owasp[id] })),
  };
}
