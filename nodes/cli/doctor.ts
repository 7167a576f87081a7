import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { styleText } from 'node:util';
import { redactText } from '../kit/index.js';
import { defaultName } from '../store/backup.js';
import type { Bucket } from '../store/bucket/bucket.js';
import { isPostgres, type StoreHandle } from '../store/open.js';
import { checkBucket } from './doctor/bucket.js';
import { type Finding, failed, type Level } from './doctor/findings.js';
import { checkDisk, checkNode, checkParts } from './doctor/machine.js';
import { checkOutboxes } from './doctor/outbox.js';
import { checkStore } from './doctor/store.js';
import { badOption, existingBucket, existingStore, readOptions, usualPlaces } from './options.js';

const help = `percept doctor: checks this machine, the store, the bucket and what waits in gateways, and says what to do.

  --user-dir DIR   of Node-RED; store, bucket and the gateways' outboxes are looked for in there
                   (default .percept, else ~/.node-red)
  --store URL      a SQLite file, or postgres://user:password@host/database
  --bucket PLACE   a folder, or s3://bucket/prefix?endpoint=https://host:9000&region=REGION
  --sample N       how many objects are read to check their checksums (default 200)
  --name NAME      of the store's backups (default ${defaultName})
  --json           for programs

It ends with 1 when something failed.`;

const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const satisfies Record<Level, string>;

export async function run(args: string[]): Promise<number> {
  const options = readOptions(args, {
    'user-dir': { type: 'string' },
    store: { type: 'string' },
    bucket: { type: 'string' },
    sample: { type: 'string', default: '200' },
    name: { type: 'string', default: defaultName },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  if (options.help) {
    console.log(help);
    return 0;
  }
  const sample = Number(options.sample);
  if (!Number.isInteger(sample) || sample < 0) throw badOption(`--sample "${options.sample}" is not a number from 0`);
  const report = new Report(options.json);
  report.add(checkNode(), ...(await checkParts()));
  const usual = usualPlaces(options['user-dir']);
  // what was named may belong to another user directory than the usual one
  const outboxes = options['user-dir'] || !options.store ? await checkOutboxes(usual.userDir) : [];
  // a gateway far away has no store: then only one that was named is missed
  const file = outboxes.length === 0 || existsSync(usual.store) ? usual.store : undefined;
  const store = await opened(report, options.store ?? file, existingStore);
  // many use no bucket: only one that was named is missed
  const folder = existsSync(usual.bucket) ? usual.bucket : undefined;
  const bucket = await opened(report, options.bucket ?? folder, existingBucket);
  try {
    if (store) report.add(...(await checkStore(store)), ...(await disk(isPostgres(store.label), store.label)));
    if (bucket) {
      report.add(...(await checkBucket(bucket, store, { sample, name: options.name })));
      report.add(...(await disk(bucket.kind === 's3', bucket.label)));
    }
  } finally {
    await store?.close();
    await bucket?.close();
  }
  report.add(...outboxes);
  return report.end();
}

async function opened<T extends StoreHandle | Bucket>(
  report: Report,
  place: string | undefined,
  open: (place: string) => Promise<T>,
): Promise<T | undefined> {
  try {
    return place === undefined ? undefined : await open(place);
  } catch (thrown) {
    report.add(failed(thrown));
    return undefined;
  }
}

async function disk(elsewhere: boolean, path: string): Promise<Finding[]> {
  return elsewhere ? [] : [await checkDisk(resolve(path))];
}

/** Lines as they come, so that a long check shows where it is; or one JSON array at the end. */
class Report {
  readonly #json: boolean;
  readonly #findings: Finding[] = [];

  constructor(json: boolean) {
    this.#json = json;
  }

  add(...findings: readonly Finding[]): void {
    for (const { level, text } of findings) {
      const shown = { level, text: redactText(text) };
      this.#findings.push(shown);
      if (!this.#json) console.log(`${styleText(colours[level], level.padEnd(4))}  ${shown.text}`);
    }
  }

  end(): number {
    if (this.#json) console.log(JSON.stringify(this.#findings, null, 2));
    return this.#findings.some(({ level }) => level === 'fail') ? 1 : 0;
  }
}
