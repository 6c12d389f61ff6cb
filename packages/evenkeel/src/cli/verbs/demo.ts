import type { VerbContext } from '../context.ts'
import { createProgressBar } from '../progress.ts'

export async function runDemo({ host, terminal, parts }: VerbContext): Promise<number> {
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
        terminal.say(line)
      },
    })
  } finally {
    bar.finish()
  }
}
