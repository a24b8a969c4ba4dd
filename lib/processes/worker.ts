import path from 'node:path';
import { AlertKeeper, RulesInForce } from '@/lib/alerts';
import { RouteKeeper } from '@/lib/approvals';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, requiredUrl } from '@/lib/db';
import { DemoKeeper, gatewayAddress } from '@/lib/demo';
import { DrillKeeper } from '@/lib/drills';
import { env } from '@/lib/env';
import { pauseFloods } from '@/lib/flow';
import { openHostDoor } from '@/lib/host';
import { activeBundleSignedBy, keepKeys, newestCheckpointSignedBy, sealedChannels, wrappedSessions } from '@/lib/keys';
import { startJobs, tableOfContents, type Job } from '@/lib/jobs';
import { anchorFile, Checkpoints, fileAnchor, webhookAnchor, type AnchorPlace } from '@/lib/log';
import { makeLogger } from '@/lib/logger';
import { NotifyKeeper } from '@/lib/notify';
import { FileKeys } from '@/lib/signing';
import { controlKeysFrom, StandingReader, stopWhatWasSetBack } from '@/lib/switches';
import type { RunningProcess } from './process-names';

/** A second's more questions are the most that come before an agent that floods is paused. */
const FLOODS_MS = 1_000;

/** The worker: everything that happens by the clock, and the other end of the command line. */
export async function run(): Promise<RunningProcess> {
  const settings = env();
  const logger = makeLogger('worker');
  const url = requiredUrl();
  const ctx = makeContext({ kind: 'system', process: 'worker' });
  const keyFolder = path.join(settings.dataDir, 'keys');
  const keys = new FileKeys({ folder: keyFolder, holds: ['bundle', 'checkpoint'], secrets: ['payload-wrapping', 'channel-wrapping'] });
  const controlKeys = controlKeysFrom(new FileKeys({ folder: keyFolder, holds: [] }));
  // Made now, so that `keys show checkpoint` has something to show before the first minute is over.
  await keys.publicKeys('checkpoint');
  const checkpoints = new Checkpoints(keys, (what) => logger.error({ what }, 'the log is not what was signed'));
  const anchors: AnchorPlace[] = [fileAnchor(anchorFile(settings.dataDir), async (found) => {
    logger.error(found, 'the database is older than its anchor; everything is stopped until it is released');
    await stopWhatWasSetBack(ctx, 'file', found);
  })];
  if (settings.anchorWebhook) anchors.push(webhookAnchor({ ...settings.anchorWebhook, allowLoopback: settings.outboundAllowLoopback, onFailed: (detail) => logger.warn({ detail }, 'a checkpoint was not taken by the webhook; it is tried again') }));
  const livePins = () => new FileKeys({ folder: keyFolder, holds: [] }).verificationKeys('control/order').values();
  const demo = new DemoKeeper({ ctx, logger, dataDir: settings.dataDir, gatewayUrl: gatewayAddress(settings), controlKeys: livePins, atBoot: settings.demo });
  // By the addresses that agents and supervisors have themselves: what is drilled is what they would meet.
  const drills = new DrillKeeper({ ctx, logger, gatewayUrl: settings.publicUrl, controlUrls: settings.controlUrls, controlKeys: livePins, leaseMs: settings.leaseMs, everyDays: settings.drillEveryDays });
  const alertRules = new RulesInForce(() => keys.verificationKeys('bundle'), (refusal) => logger.error(refusal, 'a bundle was refused; the last good one\'s alert rules stay'));
  const floods: Job = { name: 'pause agents that flood', async run() { await pauseFloods(ctx, await alertRules.asksPerMinute()); return FLOODS_MS; } };
  const timers = tableOfContents({ ctx, checkpoints, anchors, standing: new StandingReader(controlKeys, () => performance.now()), controlKeys, retentionUrl: settings.retentionDatabaseUrl });
  const notify = new NotifyKeeper({ ctx, logger, classesOf: (tool) => alertRules.classesOf(tool) });
  const jobs = await startJobs([...timers, new AlertKeeper(ctx, alertRules), new RouteKeeper(ctx), floods, ...notify.jobs, demo, drills], logger, url);
  const door = await openHostDoor(settings.dataDir, {
    checkpoints, keys, knownKeys: new FileKeys({ folder: keyFolder, holds: [] }), publicUrl: settings.publicUrl, source: `${settings.environment} at ${settings.publicUrl}`,
    controlKeys: livePins, retentionUrl: settings.retentionDatabaseUrl,
  }, logger);
  const kept = await keepKeys({
    process: 'worker', names: ['bundle', 'checkpoint', 'payload-wrapping', 'channel-wrapping'], keys, lives: { tokenMs: settings.tokenSeconds * 1_000, leaseMs: settings.leaseMs }, retentionUrl: settings.retentionDatabaseUrl,
    renew: {
      // Loaded only when it is needed: Cedar is large, and a rotation rare.
      bundle: async (by, previousKid) => { if (await activeBundleSignedBy(previousKid)) await (await import('@/lib/policies')).renewBundle(by, previousKid, keys); },
      checkpoint: async (by, previousKid) => { if (await newestCheckpointSignedBy(previousKid)) await checkpoints.sign(by); },
    },
    needs: {
      bundle: async (kid) => ((await activeBundleSignedBy(kid)) ? 'the policies in force are signed with it.' : undefined),
      checkpoint: async (kid) => ((await newestCheckpointSignedBy(kid)) ? 'the newest checkpoint is signed with it.' : undefined),
      'payload-wrapping': wrappedSessions,
      'channel-wrapping': sealedChannels,
    },
  }, settings.dataDir, logger);
  logger.info({ socket: door.path }, 'the clocks run');
  return {
    async stop() {
      await door.close();
      await kept.stop();
      await demo.stop();
      await drills.stop();
      await jobs.stop();
      await notify.stop();
      await closePrisma();
      await closePools();
    },
  };
}
