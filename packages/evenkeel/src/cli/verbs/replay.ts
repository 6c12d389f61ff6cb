import { type VerbContext, withServices } from '../context.ts'
import { EXIT } from '../failure.ts'
import { formatCount } from '../format.ts'

export async function runReplay(context: VerbContext): Promise<number> {
  const { terminal } = context
  const report = await withServices(context, (services) => services.replay())
  terminal.data(report)
  terminal.say(`${formatCount(report.events)} events folded into ${report.tables.length} tables`)
  if (report.differed.length === 0) {
    terminal.say(terminal.paint('green', 'every table was what the journal says'))
    return EXIT.well
  }
  terminal.say(
    terminal.paint('yellow', `rebuilt, because they differed from the journal: ${report.differed.join(', ')}`),
  )
  return EXIT.notWell
}
