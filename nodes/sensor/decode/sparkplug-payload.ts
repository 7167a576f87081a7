import { PbfReader } from 'pbf';

/** Field numbers and data types as in the Sparkplug 3.0 specification, chapter 6.4. */
export const dataType = {
  Int8: 1,
  Int16: 2,
  Int32: 3,
  Int64: 4,
  UInt8: 5,
  UInt16: 6,
  UInt32: 7,
  UInt64: 8,
  Float: 9,
  Double: 10,
  Boolean: 11,
} as const;

export interface Metric {
  name?: string;
  alias?: number;
  /** ms UTC */
  timestamp?: number;
  datatype?: number;
  isNull: boolean;
  /** From the property `engUnit`. */
  unit?: string;
  /** Integers in both readings of their bits, since only the data type says which is meant. */
  value?: { readonly signed: number; readonly unsigned: number };
}

export interface Payload {
  timestamp?: number;
  seq?: number;
  uuid?: string;
  readonly metrics: Metric[];
}

const varint = 0;
const fixed64 = 1;
const bytes = 2;
const fixed32 = 5;

/** The wire type that each known field must have: with another one, its bytes would be read as something else. */
const payloadTypes: Readonly<Record<number, number>> = { 1: varint, 2: bytes, 3: varint, 4: bytes };
const metricTypes: Readonly<Record<number, number>> = {
  1: bytes,
  2: varint,
  3: varint,
  4: varint,
  7: varint,
  9: bytes,
  10: varint,
  11: varint,
  12: fixed32,
  13: fixed64,
  14: varint,
};
const unitNames = new Set(['engUnit', 'engunit', 'unit', 'units', 'Engineering Units']);

/** @throws an error of any kind when the bytes are not a Sparkplug B payload */
export function readPayload(buffer: Buffer): Payload {
  const payload = new PbfReader(buffer);
  const read = payload.readFields(payloadField, { metrics: [] } as Payload);
  if (payload.pos !== payload.length) throw new RangeError('it ends in the middle of a field');
  return read;
}

function payloadField(field: number, payload: Payload, pbf: PbfReader): void {
  expectType(payloadTypes, field, pbf);
  if (field === 1) payload.timestamp = pbf.readVarint();
  else if (field === 2) payload.metrics.push(nested(pbf, metricField, { isNull: false } as Metric));
  else if (field === 3) payload.seq = pbf.readVarint();
  else if (field === 4) payload.uuid = pbf.readString();
}

function metricField(field: number, metric: Metric, pbf: PbfReader): void {
  expectType(metricTypes, field, pbf);
  if (field === 1) metric.name = pbf.readString();
  else if (field === 2) metric.alias = pbf.readVarint();
  else if (field === 3) metric.timestamp = pbf.readVarint();
  else if (field === 4) metric.datatype = pbf.readVarint();
  else if (field === 7) metric.isNull = pbf.readBoolean();
  else if (field === 9) readUnit(metric, pbf);
  else if (field >= 10 && field <= 14) metric.value = readValue(field, pbf);
}

function readValue(field: number, pbf: PbfReader): { signed: number; unsigned: number } {
  if (field === 12) return same(pbf.readFloat());
  if (field === 13) return same(pbf.readDouble());
  const start = pbf.pos;
  const signed = pbf.readVarint(true);
  pbf.pos = start;
  return { signed, unsigned: pbf.readVarint() };
}

function same(value: number): { signed: number; unsigned: number } {
  return { signed: value, unsigned: value };
}

/** A property set: keys in field 1, values in field 2, in the same order; a value's text is its field 8. */
function readUnit(metric: Metric, pbf: PbfReader): void {
  const set = nested(
    pbf,
    (field, result, at) => {
      if (field === 1) result.keys.push(at.readString());
      else if (field === 2) {
        result.values.push(
          nested(
            at,
            (inner, value, deeper) => {
              if (inner === 8) value.text = deeper.readString();
            },
            {} as { text?: string },
          ).text,
        );
      }
    },
    { keys: [] as string[], values: [] as (string | undefined)[] },
  );
  const unit = set.values[set.keys.findIndex((key) => unitNames.has(key))];
  if (unit !== undefined) metric.unit = unit;
}

function nested<T>(pbf: PbfReader, read: (field: number, result: T, pbf: PbfReader) => void, result: T): T {
  const end = pbf.readVarint() + pbf.pos;
  if (end > pbf.length) throw new RangeError('it ends in the middle of a field');
  pbf.readFields(read, result, end);
  if (pbf.pos !== end) throw new RangeError('a field is longer than what holds it');
  return result;
}

function expectType(types: Readonly<Record<number, number>>, field: number, pbf: PbfReader): void {
  if ((types[field] ?? pbf.type) !== pbf.type) throw new RangeError(`field ${field} has another type`);
}
