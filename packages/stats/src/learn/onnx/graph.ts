import { littleEndianFloats, MessageWriter } from './protobuf.ts'

/** IR 8 with ai.onnx 17 and ai.onnx.ml 3: old enough for every ONNX Runtime since 1.14, new enough for all we use. */
const IR_VERSION = 8
const OPSET = 17
const ML_OPSET = 3
export const ML_DOMAIN = 'ai.onnx.ml'
const FLOAT = 1
const INT64 = 7

export type Attribute =
  | { readonly int: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly texts: readonly string[] }

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly domain?: string
  /** Name of the result; a fresh one by default. */
  readonly output?: string
}

/** A graph under construction: every call returns the name of the value it adds. */
export class GraphBuilder {
  readonly #nodes: MessageWriter[] = []
  readonly #constants: MessageWriter[] = []

  /** NodeProto: input 1, output 2, op_type 4, attribute 5, domain 7. */
  node(operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const output = options.output ?? `${operator.toLowerCase()}_${this.#nodes.length}`
    const node = new MessageWriter()
    for (const input of inputs) node.text(1, input)
    node.text(2, output).text(4, operator)
    for (const [name, value] of Object.entries(options.attributes ?? {})) node.message(5, attribute(name, value))
    if (options.domain !== undefined) node.text(7, options.domain)
    this.#nodes.push(node)
    return output
  }

  /** TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
  floats(shape: readonly number[], values: readonly number[]): string {
    return this.#constant(shape, FLOAT, new Uint8Array(littleEndianFloats(values)))
  }

  integers(values: readonly number[]): string {
    return this.#constant([values.length], INT64, new Uint8Array(BigInt64Array.from(values, BigInt).buffer))
  }

  #constant(shape: readonly number[], type: number, raw: Uint8Array): string {
    const name = `constant_${this.#constants.length}`
    this.#constants.push(new MessageWriter().integers(1, shape).integer(2, type).text(8, name).bytes(9, raw))
    return name
  }

  /**
   * ModelProto: ir_version 1, producer_name 2, doc_string 6, graph 7, opset_import 8, metadata_props 14.
   * GraphProto: node 1, name 2, initializer 5, input 11, output 12.
   */
  finish(model: ModelDescription): Uint8Array {
    const graph = new MessageWriter()
    for (const node of this.#nodes) graph.message(1, node)
    graph.text(2, model.name)
    for (const constant of this.#constants) graph.message(5, constant)
    graph.message(11, floatMatrix(model.input)).message(12, floatMatrix(model.output))
    const file = new MessageWriter().integer(1, IR_VERSION).text(2, model.producer)
    if (model.description !== undefined) file.text(6, model.description)
    file.message(7, graph)
    file.message(8, new MessageWriter().text(1, '').integer(2, OPSET))
    file.message(8, new MessageWriter().text(1, ML_DOMAIN).integer(2, ML_OPSET))
    for (const [key, value] of Object.entries(model.metadata)) {
      file.message(14, new MessageWriter().text(1, key).text(2, value))
    }
    return file.finish().slice()
  }
}

interface Matrix {
  readonly name: string
  readonly columns: number
}

export interface ModelDescription {
  readonly name: string
  readonly producer: string
  readonly description?: string
  readonly input: Matrix
  readonly output: Matrix
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * ValueInfoProto: name 1, type 2. TypeProto: tensor_type 1, in it elem_type 1 and shape 2; a dim (1) is a dim_value 1
 * or, where any number of rows fits, a dim_param 2.
 */
function floatMatrix({ name, columns }: Matrix): MessageWriter {
  const shape = new MessageWriter()
    .message(1, new MessageWriter().text(2, 'rows'))
    .message(1, new MessageWriter().integer(1, columns))
  const tensor = new MessageWriter().integer(1, FLOAT).message(2, shape)
  return new MessageWriter().text(1, name).message(2, new MessageWriter().message(1, tensor))
}

/** AttributeProto: name 1, i 3, s 4, floats 7, ints 8, strings 9, type 20 (INT 2, STRING 3, FLOATS 6, INTS 7, STRINGS 8). */
function attribute(name: string, value: Attribute): MessageWriter {
  const message = new MessageWriter().text(1, name)
  if ('int' in value) return message.integer(3, value.int).integer(20, 2)
  if ('text' in value) return message.text(4, value.text).integer(20, 3)
  if ('floats' in value) return message.floats(7, value.floats).integer(20, 6)
  if ('ints' in value) return message.integers(8, value.ints).integer(20, 7)
  for (const text of value.texts) message.text(9, text)
  return message.integer(20, 8)
}
