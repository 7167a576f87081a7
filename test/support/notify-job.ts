/** Where it may die: handed out by the desk, kept by the spool, about to be sent, answered, told. */
export const places = ['handed', 'kept', 'sending', 'sent', 'told'] as const;

export interface NotifyJob {
  readonly url: string;
  readonly name: string;
  readonly settings: object;
  readonly provider: string;
  /** ms that the clock is wrong by. */
  readonly clock: number;
  /** Dies by itself when it comes to this place for the n-th time. */
  readonly dies?: { readonly at: (typeof places)[number]; readonly nth: number };
}
