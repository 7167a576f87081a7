import type { AlertNotice, PerceptError } from '../../kit/index.js';

export interface Picture {
  readonly name: string;
  /** `image/jpeg` */
  readonly type: string;
  readonly bytes: Buffer;
}

/** A notice on its way. */
export interface Parcel {
  readonly notice: AlertNotice;
  /** Of this notice, the same for each attempt and never for another one. */
  readonly key: string;
  /** Of all that is told about one alert to one person. */
  readonly thread: string;
  /** The provider's names of what has arrived of this thread, oldest first. */
  readonly earlier: readonly string[];
  /** What was seen, where there is something. */
  picture(): Promise<Picture | undefined>;
}

export interface Sent {
  /** The provider's name of it: what changes it in place later, or is answered to. */
  readonly reference?: string;
}

/** What a provider tells later of what it took: `pending`, it does not know yet. */
export type ProviderReceipt =
  | { readonly state: 'pending' | 'reached' }
  | { readonly state: 'missed'; readonly problem: PerceptError };

/** One way to reach people. */
export interface Channel {
  /** Of its configuration node. */
  readonly id: string;
  readonly name: string;
  /** `email` */
  readonly kind: string;
  /** Whom a test goes to, where the channel serves persons by name alone. */
  readonly testTo?: string;
  /** Notices a minute at most. */
  readonly perMinute: number;
  /**
   * Resolves when the provider has it.
   * @throws SendProblem
   */
  send(parcel: Parcel, signal: AbortSignal): Promise<Sent>;
  /**
   * What has become of what was sent, where the provider can be asked.
   * @param reference as `send` gave it
   * @throws SendProblem; `refused`: it will not tell, however often it is asked
   */
  receipt?(reference: string, signal: AbortSignal): Promise<ProviderReceipt>;
  close?(): Promise<void>;
}

/**
 * `refused`: the provider will not take it, however often it is asked. `later`: it has not taken it, but may. `unanswered`: it may
 * have taken it.
 */
export type Failure = 'refused' | 'later' | 'unanswered';

export class SendProblem extends Error {
  override readonly name = 'SendProblem';
  readonly failure: Failure;
  readonly problem: PerceptError;
  /** ms to wait, as the provider asked. */
  readonly after: number;

  constructor(failure: Failure, problem: PerceptError, after = 0) {
    super(problem.message, { cause: problem });
    this.failure = failure;
    this.problem = problem;
    this.after = after;
  }
}
