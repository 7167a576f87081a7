import { type Finding, type PerceptError, type Severity, severities, toPerceptError } from '../../kit/index.js';
import { alertError } from '../errors.js';
import { type Duty, onDuty, parseDuty } from './duty.js';
import { endOf, type Hours, parseHours } from './hours.js';
import { type Matches, patternOf } from './pattern.js';
import type { PolicySettings } from './settings.js';
import { compile, type Template } from './template.js';
import { checkZone } from './wall.js';

export const keyFields = ['kind', 'source', 'quantity', 'zone', 'severity'] as const;
export type KeyField = (typeof keyFields)[number];
export const textFields = [...keyFields, 'state', 'reason', 'reasons', 'count', 'since', 'score', 'by'] as const;
export type TextField = (typeof textFields)[number];

/** Where and what something is: what routes, silences and mutes look at. */
export interface Matter {
  readonly kind: string;
  readonly source: string;
  readonly zone: string;
  readonly severity: Severity;
}

export interface ChainStep {
  readonly after: number;
  readonly channel: string;
  readonly to: readonly string[];
}

interface Route {
  readonly least: number;
  readonly kind: Matches;
  readonly source: Matches;
  readonly zone: Matches;
  readonly hours: Hours;
  readonly chain: string;
}

interface Mute {
  readonly by: Matches;
  readonly kind: Matches;
  readonly same: 'source' | 'zone' | 'any';
}

const usualKey = '{kind}/{source}/{quantity}';
const second = 1000;
/** A route's chain when nobody is to be told. */
const nobody = '-';

/** The settings of an alert node, ready to be asked. Times are ms. */
export class Policy {
  readonly settings: PolicySettings;
  /** Templates that cannot be used: the usual ones stand in for them. */
  readonly problems: readonly PerceptError[];
  readonly title: Template<TextField> | undefined;
  readonly text: Template<TextField> | undefined;
  readonly cooldown: number;
  readonly groupWait: number;
  readonly resolveAfter: number;
  readonly repeat: number;
  readonly patience: number;
  readonly retry: number;
  readonly updateEvery: number;
  readonly expireAfter: number;
  readonly #key: Template<KeyField>;
  readonly #group: Template<KeyField> | undefined;
  readonly #chains = new Map<string, ChainStep[]>();
  readonly #routes: readonly Route[];
  readonly #zones: readonly { readonly zone: string; readonly source: Matches }[];
  readonly #quiet: Hours;
  readonly #duties: readonly Duty[];
  readonly #mutes: readonly Mute[];
  readonly #channels: ReadonlyMap<string, PolicySettings['channels'][number]>;

  /** @throws PerceptError `alert-hours`, `alert-time-zone`, `alert-duty`, `alert-chain` */
  constructor(settings: PolicySettings) {
    this.settings = settings;
    checkZone(settings.timeZone);
    const problems: PerceptError[] = [];
    const template = <const Name extends string>(field: 'key' | 'group' | 'title' | 'text', names: readonly Name[]) => {
      try {
        return settings[field] === '' ? undefined : compile(field, settings[field], names);
      } catch (thrown) {
        problems.push(toPerceptError(thrown));
        return undefined;
      }
    };
    this.#key = template('key', keyFields) ?? compile('key', usualKey, keyFields);
    this.#group = template('group', keyFields);
    this.title = template('title', textFields);
    this.text = template('text', textFields);
    this.problems = problems;
    this.cooldown = settings.cooldown * second;
    this.groupWait = settings.groupSeconds * second;
    this.resolveAfter = settings.resolveAfter * second;
    this.repeat = settings.repeat * second;
    this.patience = settings.patience * second;
    this.retry = Math.max(1, settings.retry) * second;
    this.updateEvery = settings.updateSeconds * second;
    this.expireAfter = settings.expireHours * 3600 * second;
    for (const { chain, after, channel, to } of settings.steps) {
      const steps = this.#chains.get(chain) ?? [];
      steps.push({ after: after * second, channel, to: namesOf(to) });
      this.#chains.set(chain, steps);
    }
    this.#routes = settings.routes.map((route) => this.#route(route));
    this.#zones = settings.zones.map(({ zone, source }) => ({ zone, source: patternOf(source) }));
    this.#quiet = parseHours(settings.quiet);
    this.#duties = settings.duties.map(parseDuty);
    this.#mutes = settings.mutes.map(({ by, kind, same }) => ({ by: patternOf(by), kind: patternOf(kind), same }));
    this.#channels = new Map(settings.channels.map((channel) => [channel.name, channel]));
  }

  zoneOf(source: string): string {
    return this.#zones.find((one) => one.source(source))?.zone ?? '';
  }

  /** @returns of the matter, and of the alert that it is part of. @throws PerceptError `alert-no-key` */
  keysOf(finding: Finding, zone: string): { readonly key: string; readonly alert: string } {
    const fields = { ...finding, zone };
    const key = this.#key(fields).trim();
    const alert = this.#group ? this.#group(fields).trim() : key;
    if (key === '' || alert === '')
      throw alertError('alert-no-key', { problem: `the ${key === '' ? 'key' : 'group'} template makes an empty text` });
    return { key: key.slice(0, 500), alert: alert.slice(0, 500) };
  }

  /** Name of the chain; undefined: nobody is told. */
  chainOf(matter: Matter, now: number): string | undefined {
    const rank = severities.indexOf(matter.severity);
    const route = this.#routes.find(
      ({ least, kind, source, zone, hours }) =>
        rank >= least &&
        kind(matter.kind) &&
        source(matter.source) &&
        zone(matter.zone) &&
        (hours.length === 0 || endOf(hours, now, this.settings.timeZone) !== undefined),
    );
    if (route?.chain === nobody) return undefined;
    return route?.chain || this.#chains.keys().next().value;
  }

  steps(chain: string): readonly ChainStep[] {
    return this.#chains.get(chain) ?? [];
  }

  /** Names of all channels, in the order of the chains. */
  get channels(): readonly string[] {
    return [...new Set(this.settings.steps.map(({ channel }) => channel))];
  }

  hasReceipts(channel: string): boolean {
    return this.#channels.get(channel)?.receipts ?? true;
  }

  hasFollowUps(channel: string): boolean {
    return this.#channels.get(channel)?.followUps ?? true;
  }

  /** People, with whoever is on call in the place of a schedule's name; `['']` where nobody is named. */
  peopleOf(to: readonly string[], now: number): readonly string[] {
    const people = to.flatMap((name) =>
      this.#duties.some((duty) => duty.name === name)
        ? onDuty(this.#duties, name, now, this.settings.timeZone)
        : [name],
    );
    // rather all whom the channel serves than nobody
    return people.length > 0 ? [...new Set(people)] : [''];
  }

  /** Who is on call now, by schedule. */
  onCall(now: number): Readonly<Record<string, readonly string[]>> {
    const names = [...new Set(this.#duties.map(({ name }) => name))];
    return Object.fromEntries(
      names.map((name) => [name, onDuty(this.#duties, name, now, this.settings.timeZone)] as const),
    );
  }

  /** When the quiet hours that this instant lies in are over. */
  quietUntil(now: number): number | undefined {
    return endOf(this.#quiet, now, this.settings.timeZone);
  }

  /** Whether an open matter of this kind mutes others. */
  inhibits(kind: string): boolean {
    return this.#mutes.some(({ by }) => by(kind));
  }

  /** Whether `other`, while it is open, mutes `matter`. */
  isMutedBy(matter: Matter, other: Matter): boolean {
    return this.#mutes.some(
      ({ by, kind, same }) =>
        by(other.kind) &&
        // what mutes is not muted by its own kind: two would keep each other quiet
        !by(matter.kind) &&
        kind(matter.kind) &&
        (same === 'any' || (other[same] !== '' && other[same] === matter[same])),
    );
  }

  #route({ severity, kind, source, zone, hours, chain }: PolicySettings['routes'][number]): Route {
    if (chain !== '' && chain !== nobody && !this.#chains.has(chain)) {
      const known = [...this.#chains.keys()].map((name) => `"${name}"`).join(', ') || '–';
      throw alertError('alert-chain', { chain, known });
    }
    const patterns = { kind: patternOf(kind), source: patternOf(source), zone: patternOf(zone) };
    return { ...patterns, least: severities.indexOf(severity), hours: parseHours(hours), chain };
  }
}

function namesOf(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
