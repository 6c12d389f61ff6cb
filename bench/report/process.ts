import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'

export interface Measured {
  readonly seconds: number
  /** The most memory the process held at once, GB. */
  readonly peakGb: number
  readonly output: string
  readonly code: number | null
  readonly timedOut: boolean
}

const LOOK_EVERY_MS = 20

/** Runs a command to its end, or to the limit; looks at its memory while it runs. */
export function measure(command: string, args: readonly string[], limitSeconds: number): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    let peakKb = 0
    let timedOut = false
    child.stdout.on('data', (text) => void (output += text))
    const look = setInterval(() => void (peakKb = Math.max(peakKb, peakOf(child.pid))), LOOK_EVERY_MS)
    const limit = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, limitSeconds * 1000)
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(look)
      clearTimeout(limit)
      resolve({ seconds: (performance.now() - began) / 1000, peakGb: peakKb / 1e6, output, code, timedOut })
    })
  })
}

/** The kernel's own high-water mark, where /proc is; 0 elsewhere. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
