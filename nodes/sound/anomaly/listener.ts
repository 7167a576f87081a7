import { isDeepStrictEqual } from 'node:util';
import type { Finding, Spectrogram } from '../../kit/index.js';
import { soundError } from '../errors.js';
import { calibrated } from '../network/calibration.js';
import { fewest } from '../normal/fit.js';
import type { Judge, JudgeSettings, Verdict } from '../normal/judge.js';
import { formOf, type Heard, lengthOf, type NormalModel, type Observation, observationOf } from '../normal/model.js';
import { Ear } from './ear.js';
import { type Change, Episode } from './episode.js';
import type { MakeJudge } from './judges.js';
import { isNamed, type Keep, type Named } from './keep.js';
import { say } from './texts.js';

export interface ListenerSettings extends JudgeSettings {
  /** Of normal sound, to learn from. */
  readonly minutes: number;
  /** Whether a source of which nothing is known is learned at once. */
  readonly auto: boolean;
  /** What every source is judged by unless a message names another; absent: each is learned. */
  readonly network?: Named;
}

export type State = 'unknown' | 'learning' | 'normal' | 'strange' | 'silent';

export interface Taken {
  readonly state: State;
  /** 0 to 1, while something is being learned. */
  readonly learning?: number;
  readonly score?: number;
  readonly threshold?: number;
  /** What a network takes it for, and how sure it is of that, 0 to 1. */
  readonly condition?: string;
  readonly sure?: number;
  readonly findings: readonly Finding[];
  /** What has just been learned. */
  readonly model?: NormalModel | Named;
}

/** What a network took the machine for so far, while all was well. */
interface Calibrating {
  readonly card: NonNullable<Verdict['heard']>['card'];
  readonly rows: (readonly number[])[];
  readonly seconds: number;
}

interface Learning {
  readonly heard: Heard & { readonly observations: Observation[] };
  readonly needed: number;
}

/** Listens to one source: learns what is normal, and tells when something isn't. */
export class Listener {
  readonly source: string;
  readonly #settings: ListenerSettings;
  readonly #keep: Keep;
  readonly #learn: (heard: Heard) => Promise<NormalModel>;
  readonly #judge: MakeJudge;
  readonly #ear = new Ear();
  #episode = new Episode();
  #known: { readonly model: NormalModel | Named; readonly judge: Judge } | undefined;
  #learning: Learning | undefined;
  #calibrating: Calibrating | undefined;
  #wanted = false;
  #worn = false;
  /** What was last said of the episode that is open. */
  #told: Finding | undefined;
  /** Ends of episodes that nobody goes on judging, to be said with the next stretch. */
  #left: Finding[] = [];
  #about: Pick<Finding, 'reasons' | 'severity'> = { reasons: [], severity: 'warning' };

  /**
   * @param learn done elsewhere, since it takes up to a second
   * @param judge makes a judge of a model, PerceptError `sound-model` if it is none
   */
  constructor(
    source: string,
    settings: ListenerSettings,
    keep: Keep,
    learn: (heard: Heard) => Promise<NormalModel>,
    judge: MakeJudge,
  ) {
    this.source = source;
    this.#settings = settings;
    this.#keep = keep;
    this.#learn = learn;
    this.#judge = judge;
  }

  /** @throws PerceptError `sound-model`: what was kept is damaged; then it listens as if nothing had been learned */
  async start(): Promise<void> {
    const { auto, network } = this.#settings;
    if (network) this.#use(network);
    this.#wanted = auto && !network;
    const kept = await this.#keep.load(this.source);
    if (kept?.told) this.#left.push(kept.told);
    // what was learned waits for the day when it is asked for again
    if (!kept || (network && (!isNamed(kept.model) || isOfAnother(kept.model, network)))) return;
    this.#use(kept.model, kept.offset);
    this.#wanted = false;
  }

  /**
   * From the next stretch on; what is known goes on judging meanwhile. Where a network judges, what it takes this machine
   * for while all is well.
   */
  begin(): void {
    this.#learning = undefined;
    this.#calibrating = undefined;
    this.#wanted = true;
  }

  cancel(): void {
    this.#learning = undefined;
    this.#calibrating = undefined;
    this.#wanted = false;
  }

  /** With what has been heard so far. @throws PerceptError `sound-too-little` */
  async finish(): Promise<NormalModel | Named> {
    const { network } = this.#settings;
    return network ? await this.#calibrated(network) : await this.#learned();
  }

  async #learned(): Promise<NormalModel> {
    const observations = this.#learning?.heard.observations ?? [];
    if (!this.#learning || observations.length < fewest)
      throw soundError('sound-too-little', { found: observations.length, needed: fewest });
    // what was heard is dropped only when something was made of it
    const model = await this.#learn(this.#learning.heard);
    await this.use(model);
    return model;
  }

  /** From now on this is what is normal, or who says what is. @throws PerceptError `sound-model` */
  async use(model: NormalModel | Named): Promise<void> {
    this.cancel();
    // sent again at every start: what was followed since, and what is strange just now, go on
    if (isDeepStrictEqual(this.#known?.model, model)) return;
    this.#use(model);
    await this.save();
  }

  /**
   * @param recordings bucket keys of what the stretch is of
   * @throws PerceptError `sound-other-form`, `sound-network-learns`; of a network `model-…`, `sound-network-…`
   */
  async take(spectrogram: Spectrogram, recordings: readonly string[] = []): Promise<Taken> {
    const health = [...this.#left.splice(0), ...this.#ear.take(spectrogram)];
    if (this.#ear.isDeaf(spectrogram)) return { state: 'silent', findings: health };
    const calibrates = this.#settings.network !== undefined;
    const learned = calibrates ? undefined : await this.#collect(spectrogram);
    const learning = this.#learning && this.#learning.heard.observations.length / this.#learning.needed;
    const more = { ...(learned ? { model: learned } : {}), ...(learning === undefined ? {} : { learning }) };
    if (!this.#known) return { state: learning === undefined ? 'unknown' : 'learning', findings: health, ...more };
    const verdict = await this.#known.judge.judge(spectrogram);
    if (calibrates) Object.assign(more, await this.#listenTo(verdict, spectrogram));
    const judged = this.#judged(spectrogram, verdict, this.#known.judge, recordings);
    const findings = [...health, ...judged];
    // what is open has to be ended, also by who comes after a crash
    if (judged.length > 0) await this.save();
    const { score, rule, condition, sure } = verdict;
    const told = condition === undefined || sure === undefined ? {} : { condition, sure };
    const state = this.#episode.open ? 'strange' : 'normal';
    return { state, score, threshold: rule.threshold, ...told, findings, ...more };
  }

  /** What was learned and followed. */
  async save(): Promise<void> {
    if (!this.#known || this.#known.model === this.#settings.network) return;
    const { model, judge } = this.#known;
    const told = this.#told && { told: { ...this.#told, until: this.#episode.until } };
    await this.#keep.save({ source: this.source, model, offset: judge.offset, ...told });
  }

  #use(model: NormalModel | Named, offset?: readonly number[]): void {
    if (this.#told) this.#left.push({ ...this.#told, until: this.#episode.until });
    this.#told = undefined;
    this.#known = { model, judge: this.#judge(model, offset) };
    this.#episode = new Episode();
    this.#worn = false;
  }

  async #collect(spectrogram: Spectrogram): Promise<NormalModel | undefined> {
    if (!this.#wanted) return undefined;
    const form = formOf(spectrogram);
    const goesOn = this.#learning && JSON.stringify(this.#learning.heard.form) === JSON.stringify(form);
    // what was heard in another form can't be learned together with this
    if (!this.#learning || !goesOn) this.#learning = this.#fresh(spectrogram);
    const { heard, needed } = this.#learning;
    heard.observations.push(observationOf(spectrogram));
    return heard.observations.length >= needed ? await this.#learned() : undefined;
  }

  #fresh(spectrogram: Spectrogram): Learning {
    const form = formOf(spectrogram);
    return {
      heard: { source: this.source, form, centres: spectrogram.bands, observations: [] },
      needed: this.#needed(lengthOf(form)),
    };
  }

  #needed(seconds: number): number {
    return Math.max(fewest, Math.ceil((60 * this.#settings.minutes) / seconds));
  }

  /** While a network is being calibrated. @throws PerceptError `sound-network-learns` */
  async #listenTo({ heard }: Verdict, spectrogram: Spectrogram): Promise<Pick<Taken, 'learning' | 'model'>> {
    const { network } = this.#settings;
    if (!this.#wanted || !network) return {};
    if (!heard) {
      this.cancel();
      throw soundError('sound-network-learns', { source: this.source });
    }
    const { card, shares } = heard;
    // what another version said can't be learned together with this
    if (this.#calibrating?.card.version !== card.version)
      this.#calibrating = { card, rows: [], seconds: lengthOf(formOf(spectrogram)) };
    const { rows, seconds } = this.#calibrating;
    rows.push(shares);
    const needed = this.#needed(seconds);
    return rows.length < needed ? { learning: rows.length / needed } : { model: await this.#calibrated(network) };
  }

  /** @throws PerceptError `sound-too-little` */
  async #calibrated({ name, version }: Named): Promise<Named> {
    const { card, rows = [], seconds = 0 } = this.#calibrating ?? {};
    if (!card || rows.length < fewest) throw soundError('sound-too-little', { found: rows.length, needed: fewest });
    const own = { name, ...(version === undefined ? {} : { version }), calibration: calibrated(card, rows, seconds) };
    await this.use(own);
    return own;
  }

  #judged(spectrogram: Spectrogram, verdict: Verdict, judge: Judge, recordings: readonly string[]): Finding[] {
    const { time } = spectrogram;
    const { score, severity, rule } = verdict;
    const end = time + 1000 * lengthOf(formOf(spectrogram));
    const change = this.#episode.step({ score, critical: severity === 'critical', time, end, recordings }, rule);
    if (!this.#episode.suspicious) verdict.accept();
    const findings = change ? [this.#finding(change, verdict, quantityOf(spectrogram))] : [];
    return judge.worn > mostWorn ? [...findings, ...this.#wornOut(time, quantityOf(spectrogram))] : findings;
  }

  #finding(change: Change, verdict: Verdict, quantity: string): Finding {
    const { since, until, critical, score, evidence } = this.#episode;
    // at the end there is nothing strange to explain any more
    if (change !== 'ends')
      this.#about = { reasons: verdict.reasons(), severity: critical ? 'critical' : verdict.severity };
    const { threshold } = verdict.rule;
    const finding = {
      kind: 'anomaly',
      source: this.source,
      quantity,
      score,
      threshold,
      since,
      ...this.#about,
      evidence,
    };
    this.#told = change === 'ends' ? undefined : finding;
    return change === 'ends' ? { ...finding, until } : finding;
  }

  /** Said once for each model. */
  #wornOut(time: number, quantity: string): Finding[] {
    if (this.#worn) return [];
    this.#worn = true;
    const about = { kind: 'drift', source: this.source, quantity, severity: 'notice', since: time } as const;
    return [{ ...about, score: 1, threshold: mostWorn, reasons: [say('worn')], evidence: [] }];
  }
}

/** What was learned about one network says nothing of another that was chosen since. */
function isOfAnother({ name, calibration }: Named, chosen: Named): boolean {
  return calibration !== undefined && name !== chosen.name;
}

/** An accelerometer's spectrum is looked at bin by bin, a microphone's as an ear does. */
function quantityOf({ scale }: Spectrogram): string {
  return scale === 'mel' ? 'sound' : 'vibration';
}

/** Share of the features at their limit: a single band may go its way. */
const mostWorn = 0.25;
