import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

/** The life of a model, and the order of imports: a folder knows only those before it. */
const ORDER = [
  'error.ts',
  'clock.ts',
  'storage',
  'ingest',
  'quality',
  'features',
  'training',
  'registry',
  'serving',
  'monitoring',
  'rollout',
  'alerting',
  'diagnosis',
  'remediation',
  'notification',
  'loop',
  'connectors',
  'report',
  'config',
  'http',
  'assembly',
  'demo',
  'cli',
  'index.ts',
  'main.ts',
]
/** Names that say nothing about what is inside. */
const DRAWERS = /(^|\/)(utils?|common|shared|core|types|models|services|helpers|misc)(\/|\.ts$)/
const MAX_LINES = 350

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

const root = path.resolve(import.meta.dirname, '..')
const source = path.join(root, 'packages/evenkeel/src')
const isTest = (file: string) => /\.test\.ts$|(^|\/)testing\.ts$/.test(file)

function files(folder: string): string[] {
  return globSync('**/*.ts', { cwd: folder }).map((file) => file.split(path.sep).join('/'))
}

function withoutComments(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/^\s*(\*|\/\/|\/\*).*$/gm, '')
}

function importsOf(folder: string, file: string): Import[] {
  const text = withoutComments(path.join(folder, file))
  const found = text.matchAll(
    /(?:^|\n)\s*(import|export)\s+(type\s+)?[^'"`;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/g,
  )
  return [...found].map((match) => ({ from: file, to: match[3] ?? match[4] ?? '', typeOnly: match[2] !== undefined }))
}

const everything = globSync('{packages/*/src,sim,bench,examples,test,scripts}/**/*.ts', { cwd: root })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => !file.includes('node_modules'))
const top = (file: string) => file.split('/')[0]!
const resolve = (entry: Import) => path.posix.normalize(path.posix.join(path.posix.dirname(entry.from), entry.to))
const relativeImports = files(source)
  .flatMap((file) => importsOf(source, file))
  .filter((entry) => entry.to.startsWith('.'))

test('every folder of the operator has its place in the order', () => {
  const strangers = files(source)
    .map(top)
    .filter((name) => !ORDER.includes(name))
  assert.deepEqual([...new Set(strangers)], [])
})

test('a folder imports only folders before it', () => {
  const upward = relativeImports
    .filter((entry) => !isTest(entry.from))
    .filter((entry) => ORDER.indexOf(top(resolve(entry))) > ORDER.indexOf(top(entry.from)))
  assert.deepEqual(upward, [])
})

test('a folder is imported only through its index', () => {
  const around = relativeImports.filter((entry) => {
    const target = resolve(entry)
    return top(target) !== top(entry.from) && target.includes('/') && !/\/(index|testing)\.ts$/.test(target)
  })
  assert.deepEqual(around, [])
})

test('no two files import each other, not even around a corner', () => {
  const edges = new Map<string, string[]>()
  for (const entry of relativeImports.filter((each) => !each.typeOnly)) {
    edges.set(entry.from, [...(edges.get(entry.from) ?? []), resolve(entry)])
  }
  assert.deepEqual(findCycle(edges), null)
})

test('the statistics import nothing but themselves, and read no file', () => {
  const stats = path.join(root, 'packages/stats/src')
  const outside = files(stats)
    .filter((file) => !isTest(file))
    .flatMap((file) => importsOf(stats, file))
    .filter((entry) => !entry.to.startsWith('.') || resolve(entry).startsWith('..'))
  assert.deepEqual(outside, [])
})

test('nothing lies in a drawer, and no file is longer than a story', () => {
  assert.deepEqual(
    everything.filter((file) => DRAWERS.test(file)),
    [],
  )
  const lines = (file: string) => readFileSync(path.join(root, file), 'utf8').split('\n').length
  assert.deepEqual(
    everything.filter((file) => !isTest(file) && lines(file) > MAX_LINES),
    [],
  )
})

test('files are named in lower case, words apart by a hyphen', () => {
  assert.deepEqual(
    everything.filter((file) => !/^[a-z0-9-]+(\.test|\.config)?\.ts$/.test(path.posix.basename(file))),
    [],
  )
})

/** Of the system of record, that is: what DuckDB reads from a file that came with a package is nobody's table. */
test('SQL stays in files that are named for tables, outside of storage', () => {
  const sql = /`\s*(select|insert into|update|delete from|with)\s/i
  const speaksToDatabase = /import[^;']*\b(Queryable|Transaction|Database)\b[^;']*from '[./]+storage\/index\.ts'/
  const strays = files(source)
    .filter((file) => !isTest(file) && top(file) !== 'storage' && !/(^|[/-])tables\.ts$/.test(file))
    .filter((file) => {
      const text = withoutComments(path.join(source, file))
      return sql.test(text) && speaksToDatabase.test(text)
    })
  assert.deepEqual(strays, [])
})

function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>()
  const walk = (file: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file]
    if (done.has(file)) return null
    for (const next of edges.get(file) ?? []) {
      const cycle = walk(next, [...trail, file])
      if (cycle !== null) return cycle
    }
    done.add(file)
    return null
  }
  for (const file of edges.keys()) {
    const cycle = walk(file, [])
    if (cycle !== null) return cycle
  }
  return null
}
