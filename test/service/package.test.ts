import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'

const root = path.resolve(import.meta.dirname, '../..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

describe('the published packages, installed in an empty folder', () => {
  let folder: string
  before(() => {
    execFileSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: 'inherit' })
    folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-package-'))
    const tarballs = ['stats', 'evenkeel'].map((name) => pack(path.join(root, 'dist', name), folder))
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    // The CPU library is in the package; what its install script would fetch besides is for graphics cards.
    const env = { ...process.env, npm_config_onnxruntime_node_install: 'skip' }
    execFileSync(npm, ['install', '--no-audit', '--no-fund', ...tarballs], { cwd: folder, env, stdio: 'ignore' })
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const evenkeel = (...args: string[]) => {
    const bin = path.join(folder, 'node_modules/.bin/evenkeel')
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8' })
    return { status, stdout, stderr }
  }

  test('evenkeel --version prints the version of its package', () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'packages/evenkeel/package.json'), 'utf8')) as {
      version: string
    }
    assert.deepEqual(evenkeel('--version'), { status: 0, stdout: `${version}\n`, stderr: '' })
  })

  test('evenkeel report tells a shifted file from a steady one, by its exit code', () => {
    const rows = (shift: number) =>
      Array.from({ length: 600 }, (_, row) => `${((row * 7919) % 601) / 10 + shift},${row % 3 ? 'a' : 'b'}`)
    const write = (name: string, shift: number) =>
      writeFileSync(path.join(folder, name), ['x,kind', ...rows(shift)].join('\n'))
    write('reference.csv', 0)
    write('steady.csv', 0)
    write('shifted.csv', 25)
    assert.equal(evenkeel('report', 'reference.csv', 'steady.csv', '--html', 'steady.html').status, 0)
    assert.equal(evenkeel('report', 'reference.csv', 'shifted.csv', '--html', 'shifted.html').status, 1)
    assert.ok(existsSync(path.join(folder, 'shifted.html')))
    assert.equal(evenkeel('report', 'reference.csv', 'no-such-file.csv').status, 2)
  })

  test('the statistics can be imported, with their types beside them', () => {
    const script = "import { psi } from '@evenkeel/stats'; console.log(typeof psi)"
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
    })
    assert.equal(stdout, 'function\n')
    assert.ok(existsSync(path.join(folder, 'node_modules/@evenkeel/stats/src/index.d.ts')))
  })
})

function pack(from: string, to: string): string {
  const printed = execFileSync(npm, ['pack', '--json', '--pack-destination', to], { cwd: from, encoding: 'utf8' })
  const [{ filename }] = JSON.parse(printed) as [{ filename: string }]
  return path.join(to, filename)
}
