import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import type { GlobalOptions } from './context.ts'
import { describeFailure, EXIT, formatFailure } from './failure.ts'
import { type CliHost, processHost } from './host.ts'
import type { Parts } from './parts.ts'
import { createProgram } from './program.ts'
import { createTerminal } from './terminal.ts'

export type { CliHost } from './host.ts'
export type * from './parts.ts'
export type { Screen } from './terminal.ts'

/**
 * Runs one command line, without the program's own name in it, and gives its exit code.
 * @param parts how to open the rest of the process; called only by the verbs that need it
 */
export async function runCli(argv: readonly string[], parts: Parts, host: CliHost = processHost()): Promise<number> {
  let exitCode: number = EXIT.well
  const program = createProgram(ownVersion(), async (options, verb) => {
    const terminal = createTerminal(terminalOptions(host, options))
    exitCode = await verb({ host, terminal, parts, options })
  })
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
      getOutHelpWidth: () => host.stdout.columns ?? 100,
      getErrHelpWidth: () => host.stderr.columns ?? 100,
    })
  try {
    if (argv.length === 0) program.outputHelp()
    else await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    return fail(error, argv, host)
  }
}

function terminalOptions(host: CliHost, options: GlobalOptions) {
  const { stdout, stderr, env } = host
  const colour = options.color !== false && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  return { stdout, stderr, json: options.json === true, quiet: options.quiet === true, colour }
}

function fail(error: unknown, argv: readonly string[], host: CliHost): number {
  // Commander has already printed help, the version, or what was wrong with the call.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.well : EXIT.usage
  const failure = describeFailure(error)
  const { exit, ...said } = failure
  host.stderr.write(`${argv.includes('--json') ? JSON.stringify({ error: said }) : formatFailure(failure)}\n`)
  if (host.env['EVENKEEL_DEBUG'] && error instanceof Error) host.stderr.write(`${error.stack}\n`)
  return exit
}

/** The package's version: two folders up both in the sources and in what is published. */
function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return manifest.version
}
