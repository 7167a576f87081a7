import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kindOf } from './outbox-file.js';
import { ourFolder, outboxPath } from './settings.js';

export interface FoundOutboxes {
  readonly outboxes: readonly string[];
  /** Damaged ones that gateways have set aside. */
  readonly aside: readonly string[];
}

const ours = /^outbox-.+\.sqlite$/;
const setAside = /\.sqlite\.damaged-[\dTZ-]+$/;
const flowFile = /^flows.*\.json$/;

/** Outboxes of a user directory: those in our folder, and those whose place was chosen in a gateway of its flow files. */
export async function findOutboxes(userDir: string): Promise<FoundOutboxes> {
  const folder = join(userDir, ourFolder);
  const names = await namesIn(folder);
  const found = new Set<string>();
  for (const name of names) {
    const kind = await kindOf(join(folder, name));
    if (kind === 'outbox' || (ours.test(name) && kind !== 'foreign')) found.add(join(folder, name));
  }
  const aside = new Set(names.filter((name) => setAside.test(name)).map((name) => join(folder, name)));
  for (const path of aside) found.delete(path);
  for (const path of await chosenIn(userDir)) if ((await kindOf(path)) !== 'none') found.add(path);
  return { outboxes: [...found].sort(), aside: [...aside].sort() };
}

async function chosenIn(userDir: string): Promise<string[]> {
  const files = (await namesIn(userDir)).filter((name) => flowFile.test(name) && !name.includes('_cred'));
  const found: string[] = [];
  for (const file of files) {
    for (const { type, id, path } of await nodesOf(join(userDir, file)))
      if (type === 'percept-gateway' && typeof path === 'string' && path !== '' && !path.includes('${'))
        found.push(outboxPath({ path }, String(id), userDir));
  }
  return found;
}

/** A flow file that cannot be read is Node-RED's to tell of. */
async function nodesOf(file: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  try {
    const nodes: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Array.isArray(nodes) ? nodes.filter((node) => typeof node === 'object' && node !== null) : [];
  } catch {
    return [];
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
