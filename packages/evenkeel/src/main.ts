#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import type { Parts } from './cli/index.ts'

const OLDEST_NODE = [22, 22] as const

// Compiled code is kept between starts, where the temporary folder can be written: it is a third of the time to start.
enableCompileCache()

/** What the verbs need is loaded by the verbs that need it: `--version` and `report` open no database and no model. */
const parts = {
  async open(config) {
    const { createTroubleLog, openServices } = await import('./assembly/index.ts')
    return openServices(config, { onTrouble: createTroubleLog(process.stderr) })
  },
  async demo(request) {
    const { runDemo } = await import('./demo/index.ts')
    const interrupted = new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
    })
    return runDemo({ ...request, interrupted })
  },
} satisfies Parts

// Whoever reads the output may have seen enough (`evenkeel train | head`, a closed window); that is no reason to fail.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })

if (isTooOld(process.versions.node)) {
  process.stderr.write(
    `evenkeel needs Node ${OLDEST_NODE.join('.')} or newer and runs on ${process.versions.node}; install a newer one from https://nodejs.org\n`,
  )
  process.exitCode = 3
} else {
  const { runCli } = await import('./cli/index.ts')
  process.exitCode = await runCli(process.argv.slice(2), parts)
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])
}
