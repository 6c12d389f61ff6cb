/**
 * Makes the publishable packages: `dist/<package>/` with JavaScript, types, migrations and a package.json that points at them.
 * Sources stay what `npm run` uses in development; nothing there needs a build.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const out = path.join(root, 'dist')
const PACKAGES = ['stats', 'evenkeel'] as const

interface PackageManifest {
  readonly exports: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

rmSync(out, { recursive: true, force: true })
for (const name of PACKAGES) build(name)

function build(name: string): void {
  const from = path.join(root, 'packages', name)
  const to = path.join(out, name)
  mkdirSync(to, { recursive: true })
  compile(from, to)
  for (const asset of globSync('src/**/*.{sql,css,html}', { cwd: from }))
    cpSync(path.join(from, asset), path.join(to, asset))
  for (const file of ['LICENSE', 'NOTICE']) cpSync(path.join(root, file), path.join(to, file))
  cpSync(path.join(from, 'README.md'), path.join(to, 'README.md'))
  writeFileSync(path.join(to, 'package.json'), `${JSON.stringify(published(from), null, 2)}\n`)
  for (const file of Object.values(published(from).bin ?? {})) chmodSync(path.join(to, file), 0o755)
}

function compile(from: string, to: string): void {
  const config = path.join(to, 'tsconfig.json')
  const options = { noEmit: false, declaration: true, rootDir: path.join(from, 'src'), outDir: path.join(to, 'src') }
  const files = globSync('src/**/*.ts', { cwd: from }).filter((file) => !/\.test\.ts$|testing\.ts$/.test(file))
  const settings = {
    extends: path.join(root, 'tsconfig.json'),
    compilerOptions: options,
    include: [],
    files: files.map((file) => path.join(from, file)),
  }
  writeFileSync(config, JSON.stringify(settings))
  execFileSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
    stdio: 'inherit',
  })
  rmSync(config)
  for (const types of globSync('src/**/*.d.ts', { cwd: to })) rewriteImports(path.join(to, types))
}

/** The compiler rewrites `./x.ts` in code, not in types. */
function rewriteImports(file: string): void {
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replaceAll(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, '$1$2.js$1'))
}

function published(from: string): PackageManifest {
  const manifest = JSON.parse(readFileSync(path.join(from, 'package.json'), 'utf8')) as PackageManifest
  const js = (file: string) => file.replace(/\.ts$/, '.js')
  const exports = Object.fromEntries(
    Object.entries(manifest.exports).map(([name, file]) => [
      name,
      { types: file.replace(/\.ts$/, '.d.ts'), default: js(file) },
    ]),
  )
  const bin = manifest.bin && Object.fromEntries(Object.entries(manifest.bin).map(([name, file]) => [name, js(file)]))
  return {
    ...manifest,
    exports: exports as never,
    ...(bin ? { bin } : {}),
    files: ['src', 'LICENSE', 'NOTICE', 'README.md'],
  }
}
