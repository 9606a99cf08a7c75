// The body of a list, taken apart in the bytes: each item is parsed, handed on and let go before the next one, so that a page
// of large objects never exists as a whole.

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Takes the JSON text of a list apart. */
export interface ListSplitter {
  /** Takes in the next piece; hands on every item that it completes. */
  write(piece: Buffer): void
  /** The list with no items in it: kind, apiVersion and metadata. Throws a SyntaxError when the list is not complete. */
  end(): string
}

/** A splitter at the beginning of a body. `onItem` gets the JSON text of one item. */
export function createListSplitter(onItem: (json: string) => void): ListSplitter {
  return new Splitter(onItem)
}

class Splitter implements ListSplitter {
  readonly #onItem: (json: string) => void
  /** Everything outside of the items. */
  readonly #envelope: Buffer[] = []
  /** The pieces of the item under way. */
  #begun: Buffer[] = []
  /** How many braces and brackets are open. The items lie at depth 2: `{"items":[` */
  #depth = 0
  #inItems = false
  #inString = false
  #escaped = false

  constructor(onItem: (json: string) => void) {
    this.#onItem = onItem
  }

  write(piece: Buffer): void {
    let start = 0
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at]
      if (this.#inString) this.#stringByte(byte)
      else if (byte === QUOTE) this.#inString = true
      else if (byte === COMMA) {
        if (this.#inItems && this.#depth === 2) {
          this.#endItem(piece.subarray(start, at))
          start = at + 1
        }
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.#depth += 1
        if (byte === OPEN_BRACKET && this.#opensItems(piece.subarray(start, at))) {
          this.#envelope.push(piece.subarray(start, at + 1))
          this.#inItems = true
          start = at + 1
        }
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth -= 1
        if (this.#inItems && this.#depth === 1) {
          this.#endItem(piece.subarray(start, at))
          this.#inItems = false
          start = at
        }
      }
    }
    const rest = piece.subarray(start)
    if (this.#inItems) this.#begun.push(rest)
    else this.#envelope.push(rest)
  }

  end(): string {
    const envelope = Buffer.concat(this.#envelope).toString()
    if (this.#depth !== 0 || envelope.trim() === '')
      throw new SyntaxError('the list broke off before its end')
    return envelope
  }

  #stringByte(byte: number | undefined): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inString = false
  }

  /** True for the bracket after the key `items` of the list itself. Little is looked at: the envelope is short. */
  #opensItems(before: Buffer): boolean {
    if (this.#depth !== 2 || this.#inItems) return false
    return /"items"\s*:\s*$/.test(Buffer.concat([...this.#envelope, before]).toString())
  }

  #endItem(rest: Buffer): void {
    const json = Buffer.concat([...this.#begun, rest]).toString()
    this.#begun = []
    if (json.trim() !== '') this.#onItem(json)
  }
}
