import type { Command, CommandIo } from './command';

type Entry = { says: string; load(): Promise<Pick<Command, 'run'>> };

/** Every command. Each is loaded when it is called: `verify` must run where there is no database and nothing else of ours. */
const commands: Record<string, Entry> = {
  'stop': { says: 'stop sessions, an agent, a class of tools, or everything', load: async () => ({ run: (await import('./stop')).runStop }) },
  'heartbeat': { says: 'say that a person is here: dead-man switches wait anew', load: async () => (await import('./heartbeat')).heartbeatCommand },
  'release': { says: 'undo a stop from the host, when no person can', load: async () => ({ run: (await import('./release')).runRelease }) },
  'agent create': { says: 'register an agent, print its credentials', load: async () => (await import('./agent')).agentCreate },
  'agent list': { says: 'show the agents', load: async () => (await import('./agent')).agentList },
  'agent disable': { says: 'end an agent\'s power', load: async () => (await import('./agent')).agentDisable },
  'agent enable': { says: 'give it back', load: async () => (await import('./agent')).agentEnable },
  'agent rotate': { says: 'make a new secret for an agent', load: async () => (await import('./agent')).agentRotate },
  'user create': { says: 'add a person, print the link to set a password', load: async () => (await import('./people')).userCreate },
  'user link': { says: 'make a new such link', load: async () => (await import('./people')).userLink },
  'user list': { says: 'show the people', load: async () => (await import('./people')).userList },
  'role list': { says: 'show the roles of your own making', load: async () => (await import('./people')).roleList },
  'role matrix': { says: 'show which role may do what', load: async () => (await import('./people')).roleMatrix },
  'team list': { says: 'show the teams and who is in them', load: async () => (await import('./people')).teamList },
  'token create': { says: 'make a bearer token for REST', load: async () => (await import('./people')).tokenCreate },
  'control-key create': { says: 'make a key that can only stop', load: async () => (await import('./control-key')).controlKeyCreate },
  'control-key list': { says: 'show such keys', load: async () => (await import('./control-key')).controlKeyList },
  'control-key revoke': { says: 'end such a key\'s power', load: async () => (await import('./control-key')).controlKeyRevoke },
  'supervisor-key create': { says: 'make a key for an agent\'s supervisors', load: async () => (await import('./supervisor-key')).supervisorKeyCreate },
  'supervisor-key list': { says: 'show such keys', load: async () => (await import('./supervisor-key')).supervisorKeyList },
  'supervisor-key revoke': { says: 'end such a key\'s power', load: async () => (await import('./supervisor-key')).supervisorKeyRevoke },
  'drill': { says: 'stop rogue processes for real, and say how it went', load: async () => (await import('./drill')).drill },
  'demo start': { says: 'run the simulated agents', load: async () => (await import('./demo')).demoStart },
  'demo stop': { says: 'end their run', load: async () => (await import('./demo')).demoStop },
  'demo status': { says: 'show whether they run, and what they did', load: async () => (await import('./demo')).demoStatus },
  'session erase': { says: 'destroy the texts of an ended session', load: async () => (await import('./session')).sessionErase },
  'attack add': { says: 'make a case of the attack suite from a session', load: async () => (await import('./attack')).attackAdd },
  'policy suggest': { says: 'draft a least-privilege policy for a list of tools', load: async () => (await import('./policy')).policySuggest },
  'log export': { says: 'write the whole log to a file', load: async () => (await import('./log-export')).logExport },
  'backup': { says: 'write the whole database to a signed file', load: async () => (await import('./backup')).backup },
  'restore': { says: 'load such a file into an empty database', load: async () => (await import('./restore')).restore },
  'verify': { says: 'check an exported log, offline', load: async () => ({ run: (await import('./verify')).runVerify }) },
  'keys list': { says: 'show every key, its age and use', load: async () => (await import('./keys')).keysList },
  'keys show': { says: 'print a public key', load: async () => (await import('./keys')).keysShow },
  'keys rotate': { says: 'make a new key; the old one stays good for a while', load: async () => (await import('./keys')).keysRotate },
  'keys retire': { says: 'end the old key', load: async () => (await import('./keys')).keysRetire },
  'keys rewrap': { says: 'wrap anew what an old key wraps', load: async () => (await import('./keys')).keysRewrap },
  'supervise': { says: 'run an agent so that it can be killed whatever it does', load: async () => ({ run: runSupervisor }) },
  'mcp-proxy': { says: 'serve MCP servers, every call decided first', load: async () => ({ run: runProxy }) },
};

const usage = `countersign COMMAND [options]

${Object.entries(commands).map(([name, { says }]) => `  ${name.padEnd(22)} ${says}`).join('\n')}

"countersign COMMAND --help" says more. With --json a command prints one object on its last line.
Exit codes: 0 done, 1 refused or failed, 2 wrong use, 3 out of reach (of verify: untrusted key; of stop: not confirmed in time).
`;

/** Runs one command line; resolves to its exit code. */
export async function runCommandLine(argv: readonly string[], io: CommandIo): Promise<number> {
  const [first, second] = argv;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    (first === undefined ? io.err : io.out)(usage);
    return first === undefined ? 2 : 0;
  }
  const two = commands[`${first} ${second ?? ''}`];
  const entry = two ?? commands[first];
  if (!entry) {
    const near = Object.keys(commands).filter((name) => name.startsWith(`${first} `));
    io.err(near.length > 0 ? `countersign ${first} is one of: ${near.join(', ')}.\n` : `There is no command "${[first, second].filter(Boolean).join(' ')}".\n\n${usage}`);
    return 2;
  }
  return (await entry.load()).run(argv.slice(two ? 2 : 1), io);
}

async function runProxy(argv: readonly string[]): Promise<number> {
  const { runMcpProxy } = await import('@/lib/sdk/mcp-proxy');
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ending.abort());
  return runMcpProxy(argv, { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env, signal: ending.signal });
}

async function runSupervisor(argv: readonly string[], io: CommandIo): Promise<number> {
  const { runSupervise } = await import('@/lib/sdk/supervisor');
  return runSupervise(argv, { out: io.out, err: io.err, env: process.env });
}
