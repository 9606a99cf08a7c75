// Who waits for a fresh list, of which namespace. Those who ask while a list is under way wait for the next one.

/** One who waits. */
export interface PollRequest {
  /** '' = everything. */
  readonly namespace: string
  /** Tells whether a list begun after the request was taken in. */
  readonly answer: (fresh: boolean) => void
}

/** The requests not yet taken up. */
export class PollRequests {
  #waiting: PollRequest[] = []

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Resolves when the request is answered. */
  ask(namespace: string): Promise<boolean> {
    return new Promise((answer) => {
      this.#waiting.push({ namespace, answer })
    })
  }

  /** What is asked for. */
  namespaces(): ReadonlySet<string> {
    return new Set(this.#waiting.map(({ namespace }) => namespace))
  }

  /** Takes up all requests, because a list that serves them begins now. They must be answered. */
  take(): readonly PollRequest[] {
    const taken = this.#waiting
    this.#waiting = []
    return taken
  }

  /** Answers everybody who waits. */
  answerAll(fresh: boolean): void {
    for (const request of this.take()) request.answer(fresh)
  }
}
