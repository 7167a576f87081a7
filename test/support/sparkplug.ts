import { PbfWriter } from 'pbf';

export interface MetricSketch {
  readonly name?: string;
  readonly alias?: number;
  readonly timestamp?: number;
  readonly datatype?: number;
  readonly isNull?: boolean;
  readonly unit?: string;
  readonly int?: number;
  readonly long?: number;
  readonly float?: number;
  readonly double?: number;
  readonly boolean?: boolean;
  readonly string?: string;
}

export interface PayloadSketch {
  readonly timestamp?: number;
  readonly seq?: number;
  readonly uuid?: string;
  readonly metrics?: readonly MetricSketch[];
}

/** A Sparkplug B payload as an edge node would encode it: the field numbers of the specification, written by hand. */
export function sparkplugPayload({ timestamp, seq, uuid, metrics = [] }: PayloadSketch): Buffer {
  const pbf = new PbfWriter();
  if (timestamp !== undefined) pbf.writeVarintField(1, timestamp);
  for (const metric of metrics) pbf.writeMessage(2, writeMetric, metric);
  if (seq !== undefined) pbf.writeVarintField(3, seq);
  if (uuid !== undefined) pbf.writeStringField(4, uuid);
  return Buffer.from(pbf.finish());
}

function writeMetric(metric: MetricSketch, pbf: PbfWriter): void {
  if (metric.name !== undefined) pbf.writeStringField(1, metric.name);
  if (metric.alias !== undefined) pbf.writeVarintField(2, metric.alias);
  if (metric.timestamp !== undefined) pbf.writeVarintField(3, metric.timestamp);
  if (metric.datatype !== undefined) pbf.writeVarintField(4, metric.datatype);
  if (metric.isNull !== undefined) pbf.writeBooleanField(7, metric.isNull);
  if (metric.unit !== undefined) pbf.writeMessage(9, writeUnit, metric.unit);
  if (metric.int !== undefined) pbf.writeVarintField(10, metric.int);
  if (metric.long !== undefined) pbf.writeVarintField(11, metric.long);
  if (metric.float !== undefined) pbf.writeFloatField(12, metric.float);
  if (metric.double !== undefined) pbf.writeDoubleField(13, metric.double);
  if (metric.boolean !== undefined) pbf.writeBooleanField(14, metric.boolean);
  if (metric.string !== undefined) pbf.writeStringField(15, metric.string);
}

function writeUnit(unit: string, pbf: PbfWriter): void {
  pbf.writeStringField(1, 'quality');
  pbf.writeStringField(1, 'engUnit');
  pbf.writeMessage(2, (_: null, value) => value.writeVarintField(3, 192), null);
  pbf.writeMessage(
    2,
    (text: string, value) => {
      value.writeVarintField(1, 12);
      value.writeStringField(8, text);
    },
    unit,
  );
}
