import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const root = path.resolve(import.meta.dirname, '..')
const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'))
const manifests = ['package.json', 'packages/evenkeel/package.json', 'packages/stats/package.json']
const locked = read('package-lock.json').packages as Readonly<Record<string, Manifest>>

test('every dependency is pinned to one version', () => {
  const loose = manifests.flatMap((file) => {
    const { dependencies, devDependencies } = read(file) as Manifest
    return Object.entries({ ...dependencies, ...devDependencies }).filter(([, range]) => !/^\d+\.\d+\.\d+/.test(range))
  })
  assert.deepEqual(loose, [])
})

test('the lock file is whole: a package that lists platforms has all of them, or npm ci refuses it', () => {
  const missing = Object.entries(locked).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(place, name))
      .map((name) => `${name}, listed by ${place}`),
  )
  assert.deepEqual(missing, [])
})

test('the lock file names no address: packages come from wherever the host takes them', () => {
  const text = readFileSync(path.join(root, 'package-lock.json'), 'utf8')
  assert.deepEqual(text.match(/"resolved": "[a-z+]+:\/\/[^"]*"/g), null)
})

/** As Node looks for it: in the package's own folder, then in each folder above. */
function isLocked(place: string, name: string): boolean {
  const parts = place.split('/node_modules/')
  for (let depth = parts.length; depth > 0; depth--)
    if (`${parts.slice(0, depth).join('/node_modules/')}/node_modules/${name}` in locked) return true
  return `node_modules/${name}` in locked
}
