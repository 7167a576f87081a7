import { defineNode, type Message } from '../../kit/index.js';
import { Opening } from '../../store/opening.js';
import { readingsReader } from '../given/readings.js';
import type { Broker } from '../percept-broker/percept-broker.js';
import { prioritizer } from './priority.js';
import type { Row } from './row.js';
import { type RunningGateway, runGateway } from './running.js';
import { GatewayConfig, GatewayControl } from './settings.js';

export default defineNode({
  type: 'percept-gateway',
  config: GatewayConfig,
  message: GatewayControl,
  async start(context) {
    const broker = await context.use<Broker>(context.config.broker, 'percept-broker');
    const read = readingsReader();
    const priorityOf = prioritizer(context.config.priorities);
    const rows = (msg: Message): Row[] =>
      read(msg, Date.now()).map((reading) => ({ ...reading, priority: priorityOf(reading.source) }));
    let gateway: RunningGateway | undefined;
    // a full disk may have room later, and nobody may be there to deploy again
    const opening = new Opening(async () => {
      gateway = await runGateway(context, broker);
      if (context.signal.aborted) await gateway.close();
    });
    let told = '';
    opening.listen((state) => {
      const problem = state.open ? undefined : state.problem;
      if (problem && problem.code !== told) context.fail(problem);
      told = problem?.code ?? '';
    });
    void opening.patiently();

    return {
      async input({ msg, values }) {
        await opening.ready();
        if (values.control === 'cut') await gateway?.cut();
        else if (values.control === 'join') gateway?.join();
        else await gateway?.take(rows(msg));
        return undefined;
      },
      async close() {
        opening.stop();
        await opening.once().catch(() => undefined);
        await gateway?.close();
      },
    };
  },
});
