import { join } from 'node:path';
import { type FlowNode, NodeRed } from '../../support/node-red.ts';
import { until } from '../../support/until.ts';

const packages = { 'node-red-percept-z-score': join(import.meta.dirname, 'z-score') };
const tab = 'eeee000000000000';
const types = ['percept-outlier', 'test-z-score'] as const;
type Type = (typeof types)[number];
const rounds = 3;

export interface Rates {
  /** Rows a second of CPU of the whole Node-RED, which runs nothing else. */
  readonly outlier: number;
  readonly zScore: number;
}

/**
 * The same readings on the wires of one Node-RED, into `outlier` and into a plain z-score node in turns; every row's score
 * comes back over a wire. The first turn of each is for the compiler.
 * @param rows of a turn
 */
export async function nodeRates(rows: number): Promise<Rates> {
  const nodeRed = await NodeRed.start({ flow: flow(), packages });
  try {
    const rates: Record<Type, number[]> = { 'percept-outlier': [], 'test-z-score': [] };
    for (let round = 0; round <= rounds; round++) {
      for (const type of types) {
        const seconds = await turn(nodeRed, type, round === 0 ? Math.ceil(rows / 10) : rows);
        if (round > 0) rates[type].push(rows / seconds);
      }
    }
    return { outlier: median(rates['percept-outlier']), zScore: median(rates['test-z-score']) };
  } finally {
    await nodeRed.stop();
  }
}

/** @returns seconds of CPU */
async function turn(nodeRed: NodeRed, type: Type, rows: number): Promise<number> {
  const already = nodeRed.messages(type).length;
  nodeRed.inject(id(type, 0), { rows });
  const done = await until(() => nodeRed.messages(type)[already], { ms: 300_000, what: `${rows} rows of ${type}` });
  return Number(done['seconds']);
}

/** rows -> the node -> rows; and, when all are back, rows -> probe. */
function flow(): FlowNode[] {
  const pairs = types.flatMap((type): FlowNode[] => [
    { id: id(type, 0), type: 'test-rows', z: tab, name: '', wires: [[id(type, 1)], [id(type, 2)]] },
    { id: id(type, 1), type, z: tab, name: '', version: 1, wires: [[], [id(type, 0)]] },
    { id: id(type, 2), type: 'test-probe', z: tab, name: type, wires: [] },
  ]);
  return [{ id: tab, type: 'tab', label: 'rows' }, ...pairs];
}

function id(type: Type, part: number): string {
  return `eeee0000000000${types.indexOf(type) + 1}${part}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
