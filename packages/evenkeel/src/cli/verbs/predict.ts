import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { chooseModel } from '../choose.ts'
import { type VerbContext, withServices } from '../context.ts'
import { EXIT } from '../failure.ts'
import { formatCount } from '../format.ts'
import type { PredictOutcome } from '../parts.ts'

export async function runPredict(
  context: VerbContext,
  request: { readonly model: string; readonly file: string; readonly out: string | undefined },
): Promise<number> {
  const { host, terminal } = context
  const outcome = await withServices(context, (services, loaded, onProgress) =>
    services.predict({
      model: chooseModel(loaded, request.model),
      file: path.resolve(host.cwd, request.file),
      onProgress,
    }),
  )
  const count = `${formatCount(outcome.predictions.length)} predictions of ${outcome.model} version ${outcome.version}`
  if (request.out === undefined) {
    terminal.data(outcome)
    terminal.say(predictionsAsCsv(outcome).trimEnd())
    terminal.note(count)
    return EXIT.well
  }
  writeFileSync(path.resolve(host.cwd, request.out), predictionsAsCsv(outcome))
  terminal.data({ ...outcome, predictions: outcome.predictions.length, out: request.out })
  terminal.say(`${count}, in ${request.out}`)
  return EXIT.well
}

export function predictionsAsCsv({ predictions }: PredictOutcome): string {
  const columns = [...new Set(predictions.flatMap((prediction) => Object.keys(prediction)))]
  const lines = predictions.map((prediction) => columns.map((column) => cell(prediction[column] ?? null)).join(','))
  return `${[columns.map(cell).join(','), ...lines].join('\n')}\n`
}

function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
