import { join } from 'node:path';
import { defineNode, type Message, type NodeContext } from '../../kit/index.js';
import { Clockwork } from '../publish/clockwork.js';
import type { Change } from './changes.js';
import { Face, percent } from './face.js';
import { Memory } from './memory.js';
import { reach, SimulateMachineConfig, soundTopicOf } from './settings.js';
import { Simulation } from './simulation.js';
import { soundingOf } from './sounding.js';
import { uplink } from './uplink.js';

const rememberEvery = 10_000;
/** ms; what was sent on the wire last may not have been kept when it ended: it comes again, with the same keys. */
const overlap = 2000;
/** ms; a fault begins at the instant of the newest reading, unless readings are rare. */
const grain = 1000;

export default defineNode({
  type: 'percept-simulate-machine',
  config: SimulateMachineConfig,
  async start(context) {
    const { config } = context;
    const memory = new Memory(pathOf(context), (error) => context.fail(error));
    const remembered = await memory.load();
    const simulation = new Simulation(config, remembered);
    const face = new Face(context);
    const soundTopic = soundTopicOf(config);
    const begun = remembered?.last ?? Date.now() - Math.max(config.interval, config.backlog * 60_000);
    // before anything is sent: who is killed in its first moments goes on from there, too
    if (!remembered)
      await memory.save({ ...simulation.wishes, last: begun, ...(config.broker ? { published: begun } : {}) });
    const line = config.broker ? await uplink(context, simulation, face, remembered?.published, begun) : undefined;
    const sounding = soundingOf(context, simulation, line, soundTopic);

    let rememberedAt = performance.now();
    const remember = (last = clockwork.last): Promise<void> => {
      rememberedAt = performance.now();
      return memory.save({
        ...simulation.wishes,
        last,
        ...(line ? { published: line.position } : {}),
      });
    };
    const show = (time: number, commanded: boolean): void => {
      for (const change of simulation.changes(time)) context.send(null, noteOf(change, context, face));
      face.show(simulation.state(time), simulation.faults(time), commanded);
    };
    const clockwork = new Clockwork(config.interval, reach(config, remembered === undefined), {
      due: (times) => {
        for (const time of times) context.send(simulation.messages(time, Date.now()), null);
        line?.wake();
        show(clockwork.last, false);
        if (performance.now() - rememberedAt > rememberEvery) void remember(Math.max(begun, clockwork.last - overlap));
      },
      waiting: () => face.waiting(),
    });
    clockwork.start(begun);
    sounding?.start();

    return {
      input: async ({ msg }) => {
        const now = Date.now();
        const time = Math.max(clockwork.last, now - (now % Math.min(config.interval, grain)));
        try {
          simulation.tell(msg, time);
        } catch (thrown) {
          face.interrupted();
          throw thrown;
        }
        show(time, true);
        await remember(Math.max(begun, clockwork.last - overlap));
        return undefined;
      },
      async close(removed) {
        clockwork.stop();
        sounding?.stop();
        await line?.stop();
        await (removed ? memory.remove() : remember());
      },
    };
  },
});

/** For whoever leads an exercise; on an output of its own, where no detector sees it. */
function noteOf({ event, fault }: Change, context: NodeContext<SimulateMachineConfig>, face: Face): Message {
  const { machine } = context.config;
  const { kind, severity, quantity, since, until } = fault;
  const sensor = quantity ? context.translate(`simulate-machine.quantity.${quantity}`) : machine;
  const text = context.translate(`simulate-machine.event.${event}`, {
    fault: face.nameOf(fault),
    where: quantity ? `${machine}, ${sensor}` : machine,
    severity: percent(severity),
  });
  const payload = {
    event,
    machine,
    fault: kind,
    severity,
    since,
    ...(quantity ? { quantity } : {}),
    ...(until === undefined ? {} : { until }),
    text,
  };
  return { topic: machine, payload } as Partial<Message> as Message;
}

function pathOf({ id, RED }: NodeContext<SimulateMachineConfig>): string {
  const name = `simulate-${id.replace(/[^\w-]/g, '_')}.json`;
  return join(RED.settings.userDir ?? process.cwd(), 'percept', name);
}
