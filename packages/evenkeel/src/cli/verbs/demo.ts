import type { VerbContext } from '../context.ts'
import { wrapLine } from '../format.ts'
import { createProgressBar } from '../progress.ts'

export async function runDemo({ host, terminal, parts }: VerbContext): Promise<number> {
  const width = host.stdout.isTTY === true ? (host.stdout.columns ?? 80) : Number.POSITIVE_INFINITY
  const bar = createProgressBar(terminal.progressScreen)
  try {
    return await parts.demo({
      json: terminal.json,
      quiet: terminal.quiet,
      interactive: terminal.interactive,
      cwd: host.cwd,
      onProgress: bar.onProgress,
      say(line) {
        bar.finish()
        terminal.say(wrapLine(line, width))
      },
    })
  } finally {
    bar.finish()
  }
}
