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
  terminal.say(
    `${formatCount(outcome.rows)} labels of ${outcome.model} kept, ${formatCount(outcome.joined)} joined to a prediction`,
  )
  if (outcome.joined < outcome.rows) terminal.note('the rest joins when its predictions are recorded')
  return EXIT.well
}
