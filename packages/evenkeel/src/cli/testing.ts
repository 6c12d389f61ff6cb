import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type CliHost, type Parts, runCli } from './index.ts'

/** A folder of its own and what a command said in it. */
export interface TestShell {
  readonly dir: string
  write(name: string, content: string | Uint8Array): string
  read(name: string): string
  run(...argv: string[]): Promise<{ exit: number; out: string; err: string }>
  close(): void
}

export interface TestShellOptions {
  readonly parts?: Partial<Parts>
  /** Width of the terminal; a pipe when absent. */
  readonly columns?: number
  /** Ctrl-C presses, one after the other. Default 1. */
  readonly interrupts?: number
}

/** Runs commands as a person would, with text caught instead of shown. */
export function createTestShell(options: TestShellOptions = {}): TestShell {
  const dir = mkdtempSync(path.join(tmpdir(), 'evenkeel-cli-'))
  const parts: Parts = {
    open: () => Promise.reject(new Error('this command must not open the rest of the process')),
    demo: () => Promise.resolve(0),
    ...options.parts,
  }
  return {
    dir,
    write(name, content) {
      const file = path.join(dir, name)
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    read: (name) => readFileSync(path.join(dir, name), 'utf8'),
    async run(...argv) {
      const [out, err]: [string[], string[]] = [[], []]
      const screen = (lines: string[]) => ({
        write: (text: string) => lines.push(text),
        isTTY: options.columns !== undefined,
        columns: options.columns,
      })
      const host: CliHost = {
        cwd: dir,
        env: { NO_COLOR: '1' },
        stdout: screen(out),
        stderr: screen(err),
        onInterrupt: (handler) => {
          for (let press = 0; press < (options.interrupts ?? 1); press++) queueMicrotask(handler)
          return () => {}
        },
        abort: (exitCode) => err.push(`aborted with ${exitCode}\n`),
      }
      const exit = await runCli(argv, parts, host)
      return { exit, out: out.join(''), err: err.join('') }
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  }
}
