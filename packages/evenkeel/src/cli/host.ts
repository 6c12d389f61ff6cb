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

export function processHost(): CliHost {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    onInterrupt(handler) {
      process.on('SIGINT', handler).on('SIGTERM', handler)
      return () => void process.off('SIGINT', handler).off('SIGTERM', handler)
    },
    abort: (exitCode) => process.exit(exitCode),
  }
}
