import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connectAsync, type MqttClient } from 'mqtt';
import { type PlantSeries, plant } from './plant.js';

/** As a gateway would: everything since the last acknowledged instant goes out first, then one reading per series and second. */
interface Settings {
  readonly url: string;
  readonly seed: number;
  /** Keeps the last acknowledged instant over restarts. */
  readonly positionFile: string;
  /** How far back the very first start goes, ms. */
  readonly backlog: number;
  /** How far back any start goes at most, ms. */
  readonly longest: number;
}

const tick = 1000;

async function main(settings: Settings): Promise<never> {
  const series = plant(settings.seed);
  const client = await connectAsync(settings.url, { clientId: 'percept-plant', reconnectPeriod: 500 });

  let next = startFrom(settings);
  for (;;) {
    const now = Date.now();
    const until = Math.floor(now / tick) * tick;
    // a bounded number in flight: the backlog must not pile up in memory
    for (; next <= until; next += tick) {
      await publish(client, series, next);
      savePosition(settings.positionFile, next);
    }
    await wait(next - Date.now());
  }
}

function publish(client: MqttClient, series: readonly PlantSeries[], time: number): Promise<unknown> {
  return Promise.all(
    series.map(({ machine, quantity, unit, value }) =>
      client.publishAsync(`plant/${machine}/${quantity}`, JSON.stringify({ value: value(time), unit, time }), {
        qos: 1,
      }),
    ),
  );
}

function startFrom({ positionFile, backlog, longest }: Settings): number {
  const now = Date.now();
  const saved = readPosition(positionFile);
  const from = saved === undefined ? now - backlog : Math.max(saved + tick, now - longest);
  return Math.ceil(from / tick) * tick;
}

function readPosition(file: string): number | undefined {
  try {
    const position = Number(readFileSync(file, 'utf8'));
    return position > 0 && position <= Date.now() ? position : undefined;
  } catch {
    return undefined;
  }
}

function savePosition(file: string, time: number): void {
  writeFileSync(`${file}.new`, String(time));
  renameSync(`${file}.new`, file);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

// a plant without its parent would go on for ever, waiting for a broker that is gone
process.once('disconnect', () => process.exit(0));

void main(JSON.parse(process.argv[2] ?? '{}') as Settings).catch((thrown: unknown) => {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exit(1);
});
