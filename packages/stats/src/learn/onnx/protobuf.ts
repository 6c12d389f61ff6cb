/**
 * Writes protocol buffer fields, wire types 0 (varint), 2 (length-delimited) and 5 (32-bit) only: all that an ONNX
 * model needs.
 * @see https://protobuf.dev/programming-guides/encoding
 */
export class MessageWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  /** int32, int64, enum or bool, from 0 to 2^53: an ONNX model holds no negative one. */
  integer(field: number, value: number): this {
    this.#varint(field * 8)
    this.#varint(value)
    return this
  }

  float(field: number, value: number): this {
    this.#varint(field * 8 + 5)
    this.#append(new Uint8Array(littleEndianFloats([value])))
    return this
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + 2)
    this.#varint(value.length)
    this.#append(value)
    return this
  }

  message(field: number, value: MessageWriter): this {
    return this.bytes(field, value.finish())
  }

  /** Packed, one length for all. */
  integers(field: number, values: readonly number[]): this {
    const packed = new MessageWriter()
    for (const value of values) packed.#varint(value)
    return this.bytes(field, packed.finish())
  }

  floats(field: number, values: readonly number[]): this {
    return this.bytes(field, new Uint8Array(littleEndianFloats(values)))
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Divides instead of shifting: numbers may exceed 32 bits. */
  #varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.#byte(rest)
  }

  #byte(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = byte
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}

/** float32 in the byte order of the format, whatever that of the machine. */
export function littleEndianFloats(values: readonly number[]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(values.length * 4))
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true)
  })
  return view.buffer
}
