import type { Recorded, Recorder } from './recorder.ts'

/** Runs the recorder in the background: soon after something was written, one recording at a time, again after a failure. */
export interface Recording {
  /** Something was written. */
  notice(): void
  /** Records all there is now. @throws what a recording failed with */
  drain(): Promise<void>
  /** Ends the background runs, waiting for the one under way. */
  stop(): Promise<void>
}

/** A turn's rows wait this long for company: one transaction for many turns, and none so large that answers wait behind it. */
const GATHER_MS = 25
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 30_000

export function createRecording(options: {
  readonly recorder: Recorder
  /** Whether more waits than one recording takes. */
  readonly isBehind: () => boolean
  readonly onRecorded: (recorded: Recorded) => void
  readonly onFailure: (error: unknown) => void
}): Recording {
  const { recorder, isBehind, onRecorded, onFailure } = options
  let running: Promise<boolean> = Promise.resolve(false)
  let timer: NodeJS.Timeout | null = null
  let retryMs = FIRST_RETRY_MS
  let stopped = false

  /** One recording after the other, whoever asks; resolves to whether there was anything. */
  function recordNext(): Promise<boolean> {
    const next = async () => {
      const recorded = await recorder.record()
      if (recorded !== null) onRecorded(recorded)
      return recorded !== null
    }
    const run = running.then(next, next)
    running = run
    return run
  }
  function schedule(ms: number): void {
    if (timer !== null || stopped) return
    timer = setTimeout(() => {
      void runAll().then((waitMs) => {
        timer = null
        if (waitMs !== null) schedule(waitMs)
      })
    }, ms)
    timer.unref()
  }
  /**
   * Null when all is recorded, else when to go on. What came in meanwhile gathers company again: recorded at once, it would
   * come in ever smaller pieces, each with the cost of a transaction.
   */
  async function runAll(): Promise<number | null> {
    try {
      while (!stopped) {
        if (!(await recordNext())) return null
        retryMs = FIRST_RETRY_MS
        if (!isBehind()) return GATHER_MS
        await new Promise(setImmediate)
      }
      return null
    } catch (error) {
      onFailure(error)
      const waitMs = retryMs
      retryMs = Math.min(LAST_RETRY_MS, retryMs * 2)
      return waitMs
    }
  }
  return {
    notice: () => schedule(GATHER_MS),
    async drain() {
      while (await recordNext());
    },
    async stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      await running.catch(() => false)
    },
  }
}
