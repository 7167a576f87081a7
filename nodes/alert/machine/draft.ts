import type { Matter, Policy } from '../policy/policy.js';
import type { AlertBody, Member, Notice, Step, StepKind } from './state.js';

/** What the decision about one alert depends on besides the alert itself. */
export interface World {
  readonly now: number;
  readonly policy: Policy;
  readonly silences: readonly OpenSilence[];
  /** Open matters of other alerts that mute. */
  readonly inhibitors: readonly Inhibitor[];
  /** Undefined: nobody has told. */
  readonly somebodyHome: boolean | undefined;
}

export interface Inhibitor extends Matter {
  /** Key of its alert. */
  readonly alert: string;
}

export interface OpenSilence {
  readonly id: number;
  readonly until: number;
  readonly author: string;
  covers(key: string, matter: Matter): boolean;
}

/** One decision in the making: the state as it becomes, and what is to be done besides. */
export class Draft {
  readonly key: string;
  readonly state: AlertBody;
  readonly world: World;
  readonly now: number;
  readonly policy: Policy;
  readonly steps: Step[] = [];
  /** To be handed to their channels, in this order. */
  readonly handed: Notice[] = [];
  /** By number: all whose row changes. */
  readonly touched = new Map<number, Notice>();

  constructor(key: string, state: AlertBody, world: World) {
    this.key = key;
    this.state = state;
    this.world = world;
    this.now = world.now;
    this.policy = world.policy;
  }

  note(kind: StepKind, detail: Step['detail'] = {}, by = ''): void {
    this.steps.push({ number: ++this.state.lastStep, time: this.now, kind, by, detail });
  }

  members(): Member[] {
    return Object.values(this.state.members);
  }

  /** Those that still last, or all when none does. */
  lasting(): Member[] {
    const all = this.members();
    const lasting = all.filter(({ until }) => until === undefined);
    return lasting.length > 0 ? lasting : all;
  }
}
