import { EvenkeelError } from '../../error.ts'
import type { AnyEvent } from '../../storage/index.ts'
import { type VerbContext, withServices } from '../context.ts'
import { EXIT } from '../failure.ts'
import { formatInstant } from '../format.ts'
import type { Explanation } from '../parts.ts'
import type { Terminal } from '../terminal.ts'

export async function runExplain(context: VerbContext, about: string): Promise<number> {
  const explanation = await withServices(context, (services) => services.explain(about))
  if (explanation === null)
    throw new EvenkeelError(
      'CLI_UNKNOWN_SUBJECT',
      `nothing is known of ${about}; give the id of an alert, incident, plan, remedy, run or batch from evenkeel status, or model@version`,
      { about },
    )
  context.terminal.data(explanation)
  printExplanation(context.terminal, explanation)
  return EXIT.well
}

/** An effect stands below its cause, one step further in. */
function printExplanation(terminal: Terminal, { events }: Explanation): void {
  const depths = new Map<number, number>()
  for (const event of events) {
    const above = event.cause === null ? undefined : depths.get(event.cause)
    const depth = above === undefined ? 0 : above + 1
    depths.set(event.id, depth)
    const indent = '  '.repeat(depth)
    terminal.say(`${formatInstant(event.at)}  ${indent}${terminal.paint('bold', event.type)}  ${summarise(event)}`)
  }
}

/** Words where the event has some, else its plain facts. */
function summarise(event: AnyEvent): string {
  const data = event.data as Readonly<Record<string, unknown>>
  const words = ['words', 'reason', 'title', 'outcome', 'error'].flatMap((key) =>
    typeof data[key] === 'string' && data[key] !== '' ? [data[key]] : [],
  )
  const causes = Array.isArray(data['causes']) ? data['causes'].slice(0, 2).map((cause) => String(cause?.words)) : []
  const facts = Object.entries(data).flatMap(([key, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [`${key} ${value}`] : [],
  )
  const said = [...words, ...causes]
  return `${event.subject}: ${said.length > 0 ? said.join(' · ') : facts.slice(0, 5).join(', ')}`
}
