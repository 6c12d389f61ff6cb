import type { OnProgress, Progress } from './parts.ts'
import type { Screen } from './terminal.ts'

const BAR_CELLS = 24
const REDRAW_MS = 100

export interface ProgressBar {
  readonly onProgress: OnProgress
  /** Wipes the bar, so that the result stands alone. */
  finish(): void
}

/** A bar on stderr with rate and remaining time; silent when `screen` is null. */
export function createProgressBar(screen: Screen | null, now: () => number = () => performance.now()): ProgressBar {
  let last: Progress = { stage: '', done: 0, total: null }
  let startedAt = 0
  let drawnAt = Number.NEGATIVE_INFINITY
  return {
    onProgress(progress) {
      if (screen === null) return
      if (!continues(last, progress)) {
        startedAt = now()
        drawnAt = Number.NEGATIVE_INFINITY
      }
      last = progress
      if (now() - drawnAt < REDRAW_MS && progress.done !== progress.total) return
      drawnAt = now()
      screen.write(`\r\u001b[2K${drawProgress(progress, now() - startedAt, screen.columns ?? 80)}`)
    },
    finish: () => void (drawnAt > Number.NEGATIVE_INFINITY && screen?.write('\r\u001b[2K')),
  }
}

/** The same work under the same or another name: a replay names the day it is at, and goes on towards one total. */
function continues(last: Progress, { stage, done, total }: Progress): boolean {
  return stage === last.stage || (total !== null && total === last.total && done >= last.done)
}

/** One line, at most `width` characters: `train  ████░░░░  50%  12/s  4 s left`. */
export function drawProgress({ stage, done, total }: Progress, elapsedMs: number, width: number): string {
  const rate = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0
  const speed = rate > 0 ? `${compact(rate)}/s` : ''
  if (total === null || total <= 0)
    return [stage, compact(done), speed]
      .filter(Boolean)
      .join('  ')
      .slice(0, width - 1)
  const part = Math.min(1, done / total)
  const filled = Math.round(part * BAR_CELLS)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled)
  const left = rate > 0 && part < 1 ? `${describeSpan(((total - done) / rate) * 1000)} left` : ''
  return [stage, bar, `${Math.floor(part * 100)}%`, speed, left]
    .filter(Boolean)
    .join('  ')
    .slice(0, width - 1)
}

export function describeSpan(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`
  return `${Math.round(ms / 86_400_000)} days`
}

function compact(value: number): string {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value)
}
