import { type Bar, drawBars } from '../packages/evenkeel/src/report/index.ts'
import { type Recorded, tableOf } from './render.ts'
import type { BenchTable } from './result.ts'

/** A picture of one recorded study, as a file of SVG that stands on its own. */
export type Picture = { readonly file: string; readonly title: string; readonly svg: string }

type Cell = string | number
type Sketch = { readonly bench: string; readonly file: string; readonly draw: (recorded: Recorded) => string }

const WIDTH = 760
const THREE_DIGITS = { width: WIDTH, format: grouped }

const SKETCHES: readonly Sketch[] = [
  {
    bench: 'null-worlds',
    file: 'false-alarms.svg',
    draw: ({ tables }) => {
      const table = tableOf(tables, 'False alarms per model-year')
      const daily = table.columns.filter((column) => column.endsWith(', daily'))
      const worst = (column: string) => Math.max(...numbersOf(table, column))
      return drawBars(
        'False alarms a year, 1,000 features, nothing happens: worst of eight worlds, daily checks',
        [
          ours('evenkeel', worst('ours')),
          ...daily.map((column) => theirs(column.replace(', daily', ''), worst(column))),
        ],
        THREE_DIGITS,
      )
    },
  },
  {
    bench: 'null-worlds',
    file: 'delays.svg',
    draw: ({ tables }) => {
      const { columns, rows } = tableOf(tables, 'Median delay in hours')
      const [size, delay] = [columns.indexOf('PSI'), columns.indexOf('ours')]
      const found = rows.filter((row) => row[size] === 0.09 && Number.isFinite(leading(row[delay]!)))
      return drawBars(
        'Hours until a shift of PSI 0.09 is found, median, by world',
        found.map((row) => ours(String(row[0]), leading(row[delay]!))),
        THREE_DIGITS,
      )
    },
  },
  {
    bench: 'concept-drift',
    file: 'concept-drift-delays.svg',
    draw: ({ tables }) => {
      const table = tableOf(tables, 'Concept drift, abrupt 0.2')
      return drawBars(
        'Losses until a change of the error rate between 0.2 and 0.8 is found, mean of those found',
        byDetector(
          table.rows.map(([name]) => String(name)),
          numbersOf(table, 'mean delay'),
        ),
        THREE_DIGITS,
      )
    },
  },
  {
    bench: 'concept-drift',
    file: 'concept-drift-false-alarms.svg',
    draw: ({ tables }) => {
      const { columns, rows } = tableOf(tables, 'False alarms where nothing changes')
      const worst = columns.slice(1).map((_, i) => Math.max(...rows.map((row) => leading(row[i + 1]!))))
      return drawBars(
        'False alarms per 10,000 losses in the worst of six worlds in which nothing changes',
        byDetector(columns.slice(1), worst),
        THREE_DIGITS,
      )
    },
  },
  {
    bench: 'two-sample',
    file: 'two-sample-false-alarms.svg',
    draw: ({ tables }) => {
      const table = tableOf(tables, 'False alarms of Evidently')
      const [peer, own] = [table.columns.indexOf('Evidently'), table.columns.indexOf('here')]
      return drawBars(
        'Unchanged samples called drifted, %: Evidently by its defaults (grey), the same test here at 5 %',
        table.rows.flatMap((row) => {
          const name = `${row[0]}, ${row[1]}, ${String(row[2]).replaceAll(' ', '')}`
          return [theirs(name, leading(row[peer]!)), ours(`${name}: here`, leading(row[own]!))]
        }),
        THREE_DIGITS,
      )
    },
  },
  {
    bench: 'estimate',
    file: 'estimates.svg',
    draw: ({ tables }) => {
      const table = tableOf(tables, 'Mean absolute error of the estimated accuracy')
      const methods = ['NannyML CBPE', 'PAPE', 'labels only', 'rectified']
      const half = table.columns.indexOf('tables')
      return drawBars(
        'Error of the estimated accuracy, points, windows of 2,000 rows; 5 % labels where any',
        table.rows
          .filter((row) => row[half] === 'held out')
          .flatMap((row) =>
            methods.flatMap((method) => {
              const value = leading(row[table.columns.indexOf(method)] ?? '')
              const bar = method === 'NannyML CBPE' || method === 'labels only' ? theirs : ours
              return Number.isFinite(value) ? [bar(`${row[0]}: ${method}`, value)] : []
            }),
          ),
        THREE_DIGITS,
      )
    },
  },
  {
    bench: 'power',
    file: 'power.svg',
    draw: ({ tables }) => {
      const table = tableOf(tables, 'Power at 5 %')
      const [own, peer] = ['streams, all', 'LightGBM, all'].map((column) => table.columns.indexOf(column))
      return drawBars(
        'Shifted windows found at 5 %, %: one decision over counts, LightGBM as domain classifier',
        table.rows.flatMap((row) => [
          ours(`${row[0]}: counts`, leading(row[own!]!)),
          theirs(`${row[0]}: LightGBM`, leading(row[peer!]!)),
        ]),
        THREE_DIGITS,
      )
    },
  },
  {
    bench: 'anomaly',
    file: 'anomaly.svg',
    draw: ({ tables }) => {
      const { columns, rows } = tableOf(tables, 'Faulty records')
      const mean = rows.at(-1)!
      return drawBars(
        'Faulty records among ordinary ones, mean AUROC of ten real tables',
        columns.slice(1).map((name, i) => {
          const bar = name.startsWith('scikit-learn') ? theirs : ours
          return bar(name, leading(mean[i + 1]!))
        }),
        THREE_DIGITS,
      )
    },
  },
  {
    bench: 'streams',
    file: 'stream-speed.svg',
    draw: ({ tables }) => {
      const table = tableOf(tables, 'Speed of stream detectors')
      const peer = table.columns.indexOf('river')
      return drawBars(
        'Millions of values a second on one core: here, a block at once, and river',
        table.rows.flatMap((row) => [
          ours(String(row[0]), leading(row[1]!)),
          ...(row[peer] === '' ? [] : [theirs(`${row[0]}, river`, leading(row[peer]!))]),
        ]),
        THREE_DIGITS,
      )
    },
  },
  {
    bench: 'report',
    file: 'report-time.svg',
    draw: ({ tables }) => {
      const table = tableOf(tables, 'A drift report of two Parquet files')
      const seconds = table.columns.indexOf('seconds')
      const timed = table.rows.filter((row) => Number.isFinite(leading(row[seconds]!)))
      return drawBars(
        'Seconds for a drift report of two Parquet files, 1,000,000 rows and 50 columns each',
        timed.map((row, i) => (i === 0 ? ours : theirs)(String(row[0]), leading(row[seconds]!))),
        THREE_DIGITS,
      )
    },
  },
]

/** The pictures of all studies that are recorded; what is not recorded has none. */
export function drawPictures(recorded: readonly Recorded[]): Picture[] {
  return SKETCHES.flatMap(({ bench, file, draw }) => {
    const found = recorded.find(({ name }) => name === bench)
    return found === undefined || found.tables.length === 0 ? [] : [{ file, ...standAlone(draw(found)) }]
  })
}

/**
 * A chart outside of a page: its title written above it, no variables and no colour of the text around it, and paper of
 * its own, so that it can be read on a light page and on a dark one.
 */
function standAlone(svg: string): Omit<Picture, 'file'> {
  const [, title = '', height] = svg.match(/aria-label="([^"]*)"[^>]* height="(\d+)"/)!
  const tall = Number(height) + HEAD
  const alone = svg
    .replaceAll(/var\(--[\w-]+, ([^)]+)\)/g, '$1')
    .replaceAll('currentColor', INK_OF_TEXT)
    .replace(
      `viewBox="0 0 ${WIDTH} ${height}" height="${height}"`,
      `viewBox="0 ${-HEAD} ${WIDTH} ${tall}" height="${tall}"`,
    )
    .replace(
      /^<svg[^>]*>/,
      (open) =>
        `${open}<rect y="${-HEAD}" width="${WIDTH}" height="${tall}" rx="6" fill="${PAPER}"/>` +
        `<text x="14" y="-8" text-anchor="start" font-weight="600">${title}</text>`,
    )
  return { title, svg: alone }
}

/** Pixels above the chart for its title. */
const HEAD = 28
const PAPER = '#ffffff'
const INK_OF_TEXT = '#1b2026'

function numbersOf({ columns, rows }: BenchTable, column: string): number[] {
  return rows.map((row) => leading(row[columns.indexOf(column)]!))
}

/** The number a cell begins with: "12 (3)" is 12, and "never" is none. */
function leading(cell: Cell): number {
  return typeof cell === 'number' ? cell : Number.parseFloat(cell)
}

function byDetector(names: readonly string[], values: readonly number[]): Bar[] {
  return names.map((name, i) =>
    name.startsWith('ours')
      ? ours(name.replace('ours', 'evenkeel').replace('1e4', '1 in 10,000'), values[i]!)
      : theirs(name, values[i]!),
  )
}

function ours(label: string, value: number): Bar {
  return { label, value, tone: 'plain' }
}

function theirs(label: string, value: number): Bar {
  return { label, value, tone: 'muted' }
}

function grouped(value: number): string {
  return value < 1000 ? String(Number(value.toPrecision(3))) : Math.round(value).toLocaleString('en-US')
}
