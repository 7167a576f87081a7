import { startBroker } from '../../dist/cli/broker.js';

// The embedded broker in a process that can be killed: node broker-child.ts FOLDER PORT
const [folder = '', port = '0'] = process.argv.slice(2);
const broker = await startBroker(folder, Number(port));
process.send?.(broker.port);
process.once('disconnect', () => process.exit(0));
