import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const root = path.resolve(import.meta.dirname, '..')
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md', 'packages/*/docs/**/*.md', 'examples/**/*.md'], {
  cwd: root,
}).filter((page) => !page.includes('node_modules'))
const read = (page: string) => readFileSync(path.join(root, page), 'utf8')

test('every link from one page to another file leads somewhere', () => {
  const broken = pages.flatMap((page) =>
    targetsOf(read(page))
      .filter((target) => !existsSync(path.join(root, path.dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  )
  assert.deepEqual(broken, [])
})

test('every heading a link points at exists', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)\s:]*)#([^)\s]+)\)/g)]
      .filter(([, file, anchor]) => !anchorsOf(file === '' ? page : path.join(path.dirname(page), file!)).has(anchor!))
      .map(([link]) => `${page}: ${link}`),
  )
  assert.deepEqual(broken, [])
})

test('every npm script that a page names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> }
  const named = pages.flatMap((page) => [
    ...[...read(page).matchAll(/\bnpm run ([a-z][a-z:-]*)/g)].map((match) => ({ page, script: match[1]! })),
    ...[...read(page).matchAll(/\bnpm (test)\b/g)].map((match) => ({ page, script: match[1]! })),
  ])
  assert.deepEqual(
    named.filter(({ script }) => !(script in scripts)),
    [],
  )
})

test('every verb that the README shows is one the command line has', () => {
  const help = execFileSync(process.execPath, [path.join(root, 'packages/evenkeel/src/main.ts'), '--help'], {
    encoding: 'utf8',
  })
  const shown = [...read('README.md').matchAll(/(?:npx |`)evenkeel ([a-z]+)/g)].map((match) => match[1]!)
  assert.ok(shown.length > 0)
  assert.deepEqual(
    shown.filter((verb) => !new RegExp(`^\\s+${verb}\\b`, 'm').test(help)),
    [],
  )
})

test('the files that ARCHITECTURE.md tells people to read first are there', () => {
  const rows = [...read('ARCHITECTURE.md').matchAll(/^\| `([\w/.-]+\.ts)` \|/gm)].map((match) => match[1]!)
  assert.equal(rows.length, 10)
  assert.deepEqual(
    rows.filter((file) => !existsSync(path.join(root, 'packages/evenkeel/src', file))),
    [],
  )
})

test('decisions are numbered, each number once', () => {
  const numbers = globSync('docs/decisions/*.md', { cwd: root }).map((page) => path.basename(page).slice(0, 4))
  assert.ok(numbers.every((number) => /^\d{4}$/.test(number)))
  assert.equal(new Set(numbers).size, numbers.length)
})

test('every page of a family of methods is in their index, once', () => {
  const families = globSync('docs/methods/*.md', { cwd: root }).map((page) => path.basename(page))
  const listed = [...read('docs/methods/README.md').matchAll(/^\| \[.*?\]\(([\w-]+\.md)\)/gm)].map((match) => match[1]!)
  assert.deepEqual(listed.sort(), families.filter((page) => page !== 'README.md').sort())
})

/** Relative targets of links and pictures, without their headings; addresses and headings of the page itself are left out. */
function targetsOf(page: string): string[] {
  const prose = page.replaceAll(/^```[\s\S]*?^```/gm, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!.split('#')[0]!)
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
}

/** Headings as GitHub names them. */
function anchorsOf(page: string): Set<string> {
  const headings = [...read(page).matchAll(/^#+\s+(.+)$/gm)].map((match) => match[1]!)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  )
}
