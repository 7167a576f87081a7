import {
  type Attribute,
  type DataType,
  encodeModel,
  type OnnxGraph,
  type OnnxNode,
  type OnnxPort,
  type OnnxTensor,
} from './encode.js';

/** Name of a value inside a graph. */
export type Value = string;

type Attributes = Readonly<Record<string, Attribute>>;

/** A value of 32-bit floats that goes in or comes out. */
export interface Port {
  readonly name: Value;
  readonly dims: OnnxPort['dims'];
}

/** Builds an ONNX graph operator by operator; each returns the name of what it computes. */
export class Graph {
  readonly #name: string;
  readonly #nodes: OnnxNode[] = [];
  readonly #constants: OnnxTensor[] = [];
  readonly #inputs: OnnxPort[] = [];
  readonly #outputs: OnnxPort[] = [];
  readonly #known = new Map<string, Value>();
  #count = 0;

  /** @param name also begins the names of its values: a graph within a graph must not repeat those around it */
  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, dims: OnnxPort['dims'], type: DataType = 'float32'): Value {
    this.#inputs.push({ name, type, dims });
    return name;
  }

  output(name: string, value: Value, dims: OnnxPort['dims'], type: DataType = 'float32'): void {
    this.#nodes.push({ op: 'Identity', inputs: [value], outputs: [name], attributes: {}, domain: '' });
    this.#outputs.push({ name, type, dims });
  }

  /** The output is the value itself, under its own name. */
  expose(value: Value, dims: OnnxPort['dims'], type: DataType = 'float32'): void {
    this.#outputs.push({ name: value, type, dims });
  }

  op(op: string, inputs: readonly Value[], attributes: Attributes = {}, domain = ''): Value {
    return this.ops(op, inputs, 1, attributes, domain)[0] as Value;
  }

  /** For operators with several results. */
  ops(op: string, inputs: readonly Value[], results: number, attributes: Attributes = {}, domain = ''): Value[] {
    const outputs = Array.from({ length: results }, () => this.#fresh(op));
    this.#nodes.push({ op, inputs, outputs, attributes, domain });
    return outputs;
  }

  /** The results are outputs under these names. */
  outputs(ports: readonly Port[], op: string, inputs: readonly Value[], attributes: Attributes): void {
    this.#nodes.push({ op, inputs, outputs: ports.map(({ name }) => name), attributes, domain: '' });
    for (const { name, dims } of ports) this.expose(name, dims);
  }

  constant(name: string, data: Float32Array | Int8Array | Uint8Array | Int32Array, dims: readonly number[]): Value {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#constants.push({ name, type: typeOf(data), dims, bytes });
    return name;
  }

  scalar(value: number): Value {
    return this.#once(`${value}f`, () => this.constant(this.#fresh('scalar'), Float32Array.of(value), []));
  }

  /** Shapes, axes and positions. */
  ints(...values: readonly number[]): Value {
    return this.#once(values.join(), () => {
      const bytes = new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
      const name = this.#fresh('ints');
      this.#constants.push({ name, type: 'int64', dims: [values.length], bytes });
      return name;
    });
  }

  build(): OnnxGraph {
    return {
      name: this.#name,
      nodes: this.#nodes,
      constants: this.#constants,
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }

  /** The bytes of a model file. */
  encode(): Buffer {
    return encodeModel(this.build());
  }

  #fresh(op: string): Value {
    return `${this.#name}.${op}.${this.#count++}`;
  }

  #once(key: string, make: () => Value): Value {
    const known = this.#known.get(key) ?? make();
    this.#known.set(key, known);
    return known;
  }
}

function typeOf(data: Float32Array | Int8Array | Uint8Array | Int32Array): DataType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int8Array) return 'int8';
  return data instanceof Uint8Array ? 'uint8' : 'int32';
}
