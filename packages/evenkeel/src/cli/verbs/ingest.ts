import path from 'node:path'
import { chooseSource } from '../choose.ts'
import { type VerbContext, withServices } from '../context.ts'
import { EXIT } from '../failure.ts'
import { formatCount } from '../format.ts'
import type { IngestOutcome } from '../parts.ts'
import type { Terminal } from '../terminal.ts'

export async function runIngest(
  context: VerbContext,
  request: { readonly file: string; readonly source: string | undefined },
): Promise<number> {
  const outcome = await withServices(context, (services, loaded, onProgress) =>
    services.ingest({
      source: chooseSource(loaded, request.source),
      file: path.resolve(context.host.cwd, request.file),
      onProgress,
    }),
  )
  context.terminal.data(outcome)
  printIngest(context.terminal, outcome)
  return outcome.verdict === 'accepted' ? EXIT.well : EXIT.notWell
}

export function printIngest(terminal: Terminal, outcome: IngestOutcome): void {
  const verdict = terminal.paint(outcome.verdict === 'accepted' ? 'green' : 'red', outcome.verdict)
  terminal.say(`${verdict}: ${formatCount(outcome.rows)} rows of ${outcome.source}, batch ${outcome.batch}`)
  for (const reason of outcome.reasons) terminal.say(`  ${reason}`)
}
