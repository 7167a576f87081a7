import { type Static, Type } from 'typebox';

/** How the sending box's clock stood: add `offset` to a time of its to get ours. ms. */
export const MeasuredClock = Type.Object({
  offset: Type.Number(),
  /** Half of the round trip: the offset is right within this. */
  uncertainty: Type.Number({ minimum: 0 }),
  /** When it was measured, by the sending box. */
  at: Type.Number(),
  /** Not measured at that time, but reckoned from a later one and a step of the clock between. */
  reckoned: Type.Optional(Type.Boolean()),
});
export type MeasuredClock = Static<typeof MeasuredClock>;

/** What a `gateway` publishes, as JSON, perhaps in gzip. `unit` and `sequence` are left out where empty and 0. */
export interface Envelope {
  readonly 'percept-gateway': typeof envelopeVersion;
  /** Absent while it is not known. */
  readonly clock?: MeasuredClock;
  readonly readings: readonly {
    readonly source: string;
    readonly quantity: string;
    readonly value: number;
    readonly unit?: string;
    /** ms UTC */
    readonly time: number;
    readonly sequence?: number;
  }[];
}

export const envelopeVersion = 1;
/** Begins every envelope, whatever its version. */
export const envelopeStart = Buffer.from('{"percept-gateway":');
