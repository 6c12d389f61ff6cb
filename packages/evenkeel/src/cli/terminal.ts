import { styleText } from 'node:util'
import { fitTable, type TableColumn } from './table.ts'

/** Where text goes: a terminal, a pipe, or a test. */
export interface Screen {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Output of one command: results on stdout, the rest on stderr; with `--json` stdout is one JSON document. */
export interface Terminal {
  readonly json: boolean
  readonly quiet: boolean
  readonly interactive: boolean
  /** A line for people; nothing with --json. */
  say(text?: string): void
  /** A remark on stderr; nothing with --quiet or --json. */
  note(text: string): void
  /** The machine's form of the result; nothing without --json. */
  data(value: unknown): void
  table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): void
  paint(style: Style, text: string): string
  readonly progressScreen: Screen | null
}

export interface TerminalOptions {
  readonly stdout: Screen
  readonly stderr: Screen
  readonly json: boolean
  readonly quiet: boolean
  readonly colour: boolean
}

export function createTerminal({ stdout, stderr, json, quiet, colour }: TerminalOptions): Terminal {
  const painted = colour && stdout.isTTY === true
  const paint = (style: Style, text: string) =>
    painted && text !== '' ? styleText(style, text, { validateStream: false }) : text
  const say = (text = '') => {
    if (!json) stdout.write(`${text}\n`)
  }
  return {
    json,
    quiet,
    interactive: stdout.isTTY === true && !json && !quiet,
    say,
    note: (text) => void (!json && !quiet && stderr.write(`${text}\n`)),
    data: (value) => void (json && stdout.write(`${JSON.stringify(value, null, 2)}\n`)),
    table(columns, rows) {
      const width = stdout.isTTY === true ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY
      const [head, ...lines] = fitTable(columns, rows, width)
      say(paint('bold', head ?? ''))
      for (const line of lines) say(line)
    },
    paint,
    progressScreen: !json && !quiet && stderr.isTTY === true ? stderr : null,
  }
}
