import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type PerceptError, toPerceptError } from '../kit/index.js';
import { sha256Of } from '../store/bucket/checksum.js';
import { OneAtATime } from '../store/bucket/one-at-a-time.js';
import { type Card, checkCard, compareVersions, fileOf, readCard } from './card.js';
import { headOf, inferenceError } from './errors.js';
import { cardFile, folderPlace, liveFile, type Place } from './place.js';

/** Which version is used, and which ones were before it, newest first. */
const Live = Type.Object({
  version: Type.String(),
  since: Type.Number(),
  before: Type.Array(Type.String()),
});
export type Live = Static<typeof Live>;
const liveValidator = Compile(Live);
const remembered = 20;

/** A model that can be run: its card, and its file whenever that is needed. */
export interface Model {
  readonly card: Card;
  /** For people: the folder or bucket. */
  readonly place: string;
  /** @throws PerceptError `model-not-pulled`, `model-corrupt` */
  bytes(): Promise<Buffer>;
}

export interface Listed {
  readonly card: Card;
  readonly place: string;
  /** The version that who names only the model gets. */
  readonly live: boolean;
  /** Its file is there; false for a public model that was not pulled. */
  readonly present: boolean;
}

export interface ListOptions {
  /** Of these names only: no other card is read. */
  readonly wanted?: (name: string) => boolean;
  readonly onBad?: (problem: PerceptError) => void;
}

/** The cards and models that come with the package. */
export const packagedModels = join(__dirname, '../../models');

const changes = new OneAtATime();
const watchers = new Map<string, Set<(live: Live) => void>>();

/**
 * Finds models by name in several places, the first one first: what a user puts into the folder hides what came with the
 * package. New versions are added to the first place that can be written.
 */
export class Models {
  readonly #places: readonly Place[];

  constructor(places: readonly Place[]) {
    this.#places = places;
  }

  /**
   * Every version of every model, by name and version.
   * @throws PerceptError `model-bad-card`, unless somebody is told of it: then the others are listed without
   */
  async list({ wanted = () => true, onBad }: ListOptions = {}): Promise<Listed[]> {
    const listed = new Map<string, Listed>();
    for (const place of this.#places) {
      for (const { name, version } of await place.versions()) {
        const key = `${name}/${version}`;
        if (!wanted(name) || listed.has(key)) continue;
        const card = await cardIn(place, name, version).catch((thrown: unknown) => {
          if (!onBad) throw thrown;
          onBad(toPerceptError(thrown));
        });
        if (card) listed.set(key, { card, place: place.label, live: false, present: false });
      }
    }
    for (const [key, one] of listed) listed.set(key, { ...one, present: await this.#holds(one.card) });
    const all = [...listed.values()].sort(
      (a, b) => compareVersions(a.card.name, b.card.name) || compareVersions(a.card.version, b.card.version),
    );
    const live = new Map<string, string>();
    for (const { card } of all) live.set(card.name, (await this.live(card.name))?.version ?? card.version);
    return all.map((one) => ({ ...one, live: live.get(one.card.name) === one.card.version }));
  }

  /** @throws PerceptError `model-unknown`, `model-bad-card` */
  async find(name: string, version?: string): Promise<Model> {
    const wanted = version ?? (await this.live(name))?.version ?? (await this.#newest(name));
    const cards = wanted === undefined ? [] : await this.#cards(name, wanted);
    const [first] = cards;
    if (!first) throw this.#unknown(name, version);
    return { card: first.card, place: first.place.label, bytes: () => bytesOf(cards) };
  }

  /** Undefined while nobody has chosen: then the newest version is the one. */
  async live(name: string): Promise<Live | undefined> {
    for (const place of this.#places) {
      const text = await place.read(`${name}/${liveFile}`);
      if (!text) continue;
      const value: unknown = JSON.parse(text.toString());
      if (liveValidator.Check(value)) return value;
    }
    return undefined;
  }

  /**
   * Keeps a model and its card; it is not used before `activate`, unless it is the only version or the newest of a model
   * of which none was chosen.
   * @throws PerceptError `model-bad-card`, `model-corrupt`, `model-version-taken`
   */
  async add(card: Card, bytes: Buffer): Promise<Model> {
    checkCard(card, `${card.name} ${card.version}`);
    const place = this.#writable();
    const found = await sha256Of(bytes);
    if (found !== card.sha256) throw corrupt(card, place.label, found);
    const { name, version } = card;
    await changes.run(`${place.label}\0${name}`, async () => {
      const there = await cardIn(place, name, version);
      if (there && there.sha256 !== card.sha256) {
        throw inferenceError('model-version-taken', { model: name, version, place: place.label });
      }
      // the card makes it a model, so it comes last
      await place.write(`${name}/${version}/${fileOf(card)}`, bytes);
      await place.write(`${name}/${version}/${cardFile}`, pretty(card));
    });
    return await this.find(name, version);
  }

  /**
   * From now on this version is what who names only the model gets; who watches is told.
   * @throws PerceptError `model-unknown`, `model-not-pulled`, `model-corrupt`: then the one before stays
   */
  async activate(name: string, version: string): Promise<Live> {
    const model = await this.find(name, version);
    await model.bytes();
    return await this.#choose(name, (live) => {
      const old = live?.version;
      const before = live?.before.filter((other) => other !== version && other !== old) ?? [];
      const history = old === undefined || old === version ? before : [old, ...before];
      return { version, since: Date.now(), before: history.slice(0, remembered) };
    });
  }

  /** Back to the version that was used before and is still there, whole. @throws PerceptError `model-nothing-before` */
  async rollback(name: string): Promise<Live> {
    const usable = new Set<string>();
    for (const version of (await this.live(name))?.before ?? [])
      if (await this.#isWhole(name, version)) usable.add(version);
    return await this.#choose(name, (live) => {
      const [version, ...before] = live?.before.filter((other) => usable.has(other)) ?? [];
      if (version === undefined) throw inferenceError('model-nothing-before', { model: name });
      return { version, since: Date.now(), before };
    });
  }

  /**
   * Removes a version from the place that is written to; the one in use stays, whoever asks.
   * @returns whether it was removed
   */
  async remove(name: string, version: string): Promise<boolean> {
    const place = this.#writable();
    return await changes.run(`${place.label}\0${name}`, async () => {
      const live = (await this.live(name))?.version ?? (await this.#newest(name));
      const card = version === live ? undefined : await cardIn(place, name, version);
      if (!card) return false;
      // without its card it is no model any more, whatever happens next
      await place.remove(`${name}/${version}/${cardFile}`);
      await place.remove(`${name}/${version}/${fileOf(card)}`);
      return true;
    });
  }

  /** Tells when another version goes live in this process. @returns ends it */
  watch(name: string, changed: (live: Live) => void): () => void {
    const key = this.#watchKey(name);
    const set = watchers.get(key) ?? new Set();
    watchers.set(key, set.add(changed));
    return () => {
      set.delete(changed);
      if (set.size === 0) watchers.delete(key);
    };
  }

  async #choose(name: string, next: (live: Live | undefined) => Live): Promise<Live> {
    const place = this.#writable();
    const live = await changes.run(`${place.label}\0${name}`, async () => {
      const chosen = next(await this.live(name));
      await place.write(`${name}/${liveFile}`, pretty(chosen));
      return chosen;
    });
    for (const changed of [...(watchers.get(this.#watchKey(name)) ?? [])]) changed(live);
    return live;
  }

  #watchKey(name: string): string {
    return `${this.#places.find((place) => place.writable)?.label ?? ''}\0${name}`;
  }

  async #newest(name: string): Promise<string | undefined> {
    const versions = new Set<string>();
    for (const place of this.#places) {
      for (const one of await place.versions()) if (one.name === name) versions.add(one.version);
    }
    return [...versions].sort(compareVersions).at(-1);
  }

  async #cards(name: string, version: string): Promise<{ place: Place; card: Card }[]> {
    const found: { place: Place; card: Card }[] = [];
    for (const place of this.#places) {
      const card = await cardIn(place, name, version);
      if (card) found.push({ place, card });
    }
    // a file of another place may stand in for a missing one only if it is the same
    return found.filter(({ card }) => card.sha256 === found[0]?.card.sha256);
  }

  async #holds(card: Card): Promise<boolean> {
    const path = `${card.name}/${card.version}/${fileOf(card)}`;
    for (const place of this.#places) if (await place.has(path)) return true;
    return false;
  }

  async #isWhole(name: string, version: string): Promise<boolean> {
    try {
      await (await this.find(name, version)).bytes();
      return true;
    } catch {
      return false;
    }
  }

  #writable(): Place {
    const place = this.#places.find(({ writable }) => writable);
    if (place) return place;
    const labels = this.#places.map(({ label }) => label).join(', ');
    throw inferenceError('model-place-refused', { place: labels, detail: 'read-only' });
  }

  #unknown(name: string, version: string | undefined): Error {
    const places = this.#places.map(({ label }) => label).join(', ');
    return inferenceError('model-unknown', { model: version === undefined ? name : `${name} ${version}`, places });
  }
}

/** The user's models, those in the bucket, and those that came with the package. */
export function openModels({ folder, more = [] }: { folder: string; more?: readonly Place[] }): Models {
  return new Models([folderPlace(folder), ...more, folderPlace(packagedModels, { writable: false })]);
}

async function cardIn(place: Place, name: string, version: string): Promise<Card | undefined> {
  const path = `${name}/${version}/${cardFile}`;
  const text = await place.read(path);
  if (!text) return undefined;
  const card = readCard(text.toString(), join(place.label, path));
  if (card.name === name && card.version === version) return card;
  const detail = `it names ${card.name} ${card.version}, not the folder that it lies in`;
  throw inferenceError('model-bad-card', { card: join(place.label, path), detail });
}

async function bytesOf(cards: readonly { place: Place; card: Card }[]): Promise<Buffer> {
  for (const { place, card } of cards) {
    const bytes = await place.read(`${card.name}/${card.version}/${fileOf(card)}`);
    if (!bytes) continue;
    const found = await sha256Of(bytes);
    if (found !== card.sha256) throw corrupt(card, place.label, found);
    return bytes;
  }
  throw inferenceError('model-not-pulled', { model: cards[0]?.card.name ?? '' });
}

function corrupt(card: Card, place: string, found: string): Error {
  return inferenceError('model-corrupt', {
    model: card.name,
    place,
    found: headOf(found),
    expected: headOf(card.sha256),
  });
}

function pretty(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
