// Until when a reflector has shown all there was.

/** Told of what comes in; all times are of the monotonic clock. */
export class Coverage {
  #heardAt = performance.now()
  #watches = false

  /** A watch has shown all up to now, and will show what comes. */
  heard(): void {
    this.#heardAt = performance.now()
    this.#watches = true
  }

  /** A list that was begun then has shown all up to then, and nothing shows what comes. */
  listed(beganAt: number): void {
    this.#heardAt = beganAt
    this.#watches = false
  }

  /** A list or watch failed: since when it showed no more, only what was heard last can tell. */
  failed(): void {
    this.#watches = false
  }

  /** Nothing from before then is still to be shown. */
  until(): number {
    return this.#watches ? performance.now() : this.#heardAt
  }
}
