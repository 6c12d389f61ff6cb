import type { Environment } from '../config/index.ts'
import type { Screen } from './terminal.ts'

/** The world around one command; tests bring their own. */
export interface CliHost {
  readonly cwd: string
  readonly env: Environment
  readonly stdout: Screen
  readonly stderr: Screen
  /** Calls `handler` at every Ctrl-C or request to end; gives back what stops that. */
  onInterrupt(handler: () => void): () => void
  /** Ends the process at once. */
  abort(exitCode: number): void
}

/** Ctrl-C, a service manager, and a terminal window that was closed. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function processHost(): CliHost {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    onInterrupt(handler) {
      for (const signal of ENDING) process.on(signal, handler)
      return () => {
        for (const signal of ENDING) process.off(signal, handler)
      }
    },
    abort: (exitCode) => process.exit(exitCode),
  }
}
