import { Desk } from '../../dist/alert/desk/desk.js';
import type { Words } from '../../dist/alert/desk/texts.js';
import type { Policy } from '../../dist/alert/policy/policy.js';
import type { Alert, AlertNotice, Finding, PerceptError } from '../../dist/kit/index.js';
import type { Store } from '../../dist/store/store.js';
import { policyOf } from './alert-trial.ts';
import { until } from './until.ts';

export const words: Words = {
  severity: { notice: 'Notice', warning: 'Warning', critical: 'Critical' },
  occasion: {
    repeat: 'Still open:',
    update: 'Update:',
    acknowledged: 'Taken by __by__:',
    taken: 'Taken:',
    resolved: 'Over:',
    expired: 'Nothing more:',
    test: 'Test:',
  },
  testTitle: 'test',
  testText: 'test',
  counted: '__count__ matters',
  since: 'Since __since__',
  language: 'en-US',
};

export interface DeskTrialOptions {
  readonly settings?: object;
  readonly name?: string;
  /** Answers each notice by itself. */
  readonly answers?: boolean;
}

/** A desk on a real store, and what came out of it. */
export class DeskTrial {
  readonly desk: Desk;
  readonly policy: Policy;
  readonly notices: AlertNotice[] = [];
  readonly changes: Alert[] = [];
  readonly problems: PerceptError[] = [];
  readonly #abort = new AbortController();

  constructor(store: Store, { settings = {}, name = 'test', answers = false }: DeskTrialOptions = {}) {
    this.policy = policyOf(settings);
    this.desk = new Desk({
      ...{ store, name, words, policy: this.policy, signal: this.#abort.signal, pollMs: 50 },
      hand: (notices) => {
        this.notices.push(...notices);
        if (answers) for (const notice of notices) void this.answer(notice);
      },
      changed: (alert) => this.changes.push(alert),
      onProblem: (problem) => this.problems.push(problem),
    });
    this.desk.start();
  }

  async find(finding: Finding): Promise<Alert | undefined> {
    return (await this.desk.put({ type: 'finding', finding })).alert;
  }

  async answer({ notice }: AlertNotice, ok = true): Promise<void> {
    await this.desk.put({ type: 'delivery', notice, receipt: { ok, taken: false } });
  }

  async told(count: number): Promise<void> {
    await until(() => this.notices.length >= count, { what: `${count} notices` });
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.desk.close();
  }
}
