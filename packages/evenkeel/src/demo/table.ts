import type { Outcome } from './outcomes.ts'

/** The table the demo ends with: what was done, what was noticed, concluded and done about it, and what that was worth. */
export function printOutcomes(
  outcomes: readonly Outcome[],
  { json, say }: { json: boolean; say: (line: string) => void },
): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`)
    return
  }
  for (const outcome of outcomes) for (const line of linesOf(outcome)) say(line)
}

function linesOf({
  name,
  injected,
  words,
  noticedAfterHours,
  noticed,
  concluded,
  did,
  comparison,
  wrong,
}: Outcome): string[] {
  const { servedLoss, twinLoss, gain, flights } = comparison
  const interval = gain === null ? '' : ` (gain ${nats(gain.value)}, 95 % ${nats(gain.low)} … ${nats(gain.high)})`
  return [
    '',
    `${wrong.length === 0 ? '✓' : '✗'} ${name}${injected ? ' (injected)' : ' (real)'}`,
    `  happened   ${words}`,
    `  noticed    ${noticedAfterHours === null ? 'never' : `after ${noticedAfterHours} h`}: ${noticed}`,
    `  concluded  ${concluded}`,
    ...did.slice(0, MAX_DEEDS).map((deed, index) => `  ${index === 0 ? 'did' : '   '}        ${deed}`),
    `  log loss   ${nats(servedLoss)} served, ${nats(twinLoss)} frozen twin, ${flights.toLocaleString('en')} flights${interval}`,
    ...wrong.map((what) => `  WRONG      ${what}`),
  ]
}

/** More are in the report. */
const MAX_DEEDS = 12

function nats(value: number): string {
  return value.toFixed(4)
}
