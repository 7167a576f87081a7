import { Type } from 'typebox';
import { defineNode, Finding, type Message, messageReader } from '../../kit/index.js';
import { readingsReader } from '../given/readings.js';
import { outlierError } from './errors.js';
import { Keep } from './keep.js';
import { OutlierConfig, OutlierControl, stateFolder } from './settings.js';
import { Shown } from './shown.js';
import { type Result, Watch } from './watch.js';

const readFinding = messageReader(Type.Object({ finding: Finding }));
const every = 1000;

export default defineNode({
  type: 'percept-outlier',
  config: OutlierConfig,
  message: OutlierControl,
  start(context) {
    const { config, id, RED } = context;
    const keep = new Keep(stateFolder(String(RED.settings.userDir ?? process.cwd()), id));
    const watch = new Watch(config, keep, {
      silent: (findings) => context.send(findings.map((finding) => messageOf(finding))),
      trouble: (error) => context.fail(error),
    });
    const shown = new Shown(context, watch);
    const read = readingsReader();
    const looking = setInterval(() => {
      send(watch.look(Date.now()));
      shown.show();
    }, every).unref();
    let saving = Promise.resolve();
    const save = (): Promise<void> => {
      saving = saving.then(() => watch.save());
      return saving;
    };
    const keeping = setInterval(() => void save(), config.saveSeconds * 1000).unref();
    shown.show();

    return {
      async input({ msg, values: { feedback, maintenance } }) {
        if (feedback) watch.feedback(findingOf(msg));
        else if (maintenance !== undefined) await watch.maintain(maintenance, Date.now());
        else {
          const now = Date.now();
          for (const { sequence = 0, ...reading } of read(msg, now))
            send(watch.take({ ...reading, sequence, id: 0, receivedAt: now, clock: 'ok' }, now), msg);
        }
        return undefined;
      },
      async close(removed) {
        clearInterval(looking);
        clearInterval(keeping);
        await (removed ? saving.then(() => keep.remove()) : save());
      },
    };

    function send(results: readonly Result[], from?: Message): void {
      for (const { source, time, verdict, findings } of results) {
        for (const finding of findings) shown.found(finding);
        const { state, score, threshold, channels } = verdict;
        const outlier = { source, time, state, score, threshold, channels };
        context.send(
          findings.map((finding) => messageOf(finding, from)),
          { ...from, topic: source, payload: score, outlier } as Message,
        );
      }
    }
  },
});

/** @param from the message whose reading it was found with */
function messageOf(finding: Finding, from?: Message): Message {
  return { ...from, topic: finding.source, payload: finding.reasons[0] ?? finding.kind, finding } as Message;
}

function findingOf(msg: Message): Finding {
  if (msg['finding'] === undefined) throw outlierError('outlier-no-finding', {});
  return readFinding({ finding: msg['finding'] }).finding;
}
