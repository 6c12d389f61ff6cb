import path from 'node:path'
import { chooseModel } from '../choose.ts'
import { type VerbContext, withServices } from '../context.ts'
import { EXIT } from '../failure.ts'
import { formatCount } from '../format.ts'

export async function runLabel(
  context: VerbContext,
  request: { readonly model: string; readonly file: string },
): Promise<number> {
  const { host, terminal } = context
  const outcome = await withServices(context, (services, loaded, onProgress) =>
    services.label({
      model: chooseModel(loaded, request.model),
      file: path.resolve(host.cwd, request.file),
      onProgress,
    }),
  )
  terminal.data(outcome)
  const joined = outcome.joined === null ? '' : `, ${formatCount(outcome.joined)} joined to a prediction`
  terminal.say(`${formatCount(outcome.rows)} labels of ${outcome.model} kept${joined}`)
  if (outcome.joined !== outcome.rows) terminal.note('a label joins when its prediction is recorded')
  return EXIT.well
}
