import { readConfig, type VerbContext } from '../context.ts'
import { EXIT } from '../failure.ts'
import type { RunningServer, Services } from '../parts.ts'
import { announce, withdraw } from '../running/index.ts'

/** Runs until asked to end: answers what is under way and closes; asked again, ends at once. */
export async function runUp(context: VerbContext): Promise<number> {
  const loaded = await readConfig(context)
  const { terminal } = context
  const services = await context.parts.open(loaded.config)
  try {
    const server = await services.serve()
    announce(loaded.config.dataDir, server.address)
    terminal.data({ address: server.address, dataDir: loaded.config.dataDir, pid: process.pid })
    terminal.say(`Evenkeel is up: ${terminal.paint('cyan', server.address)}`)
    terminal.say(`  status ${server.address}/   API ${server.address}/docs   data ${loaded.config.dataDir}`)
    const names = Object.keys(loaded.config.models)
    if (names.length === 0) terminal.say('  no model is configured yet: evenkeel init <file> writes a project')
    if (Object.keys(loaded.config.channels).length === 0)
      terminal.say('  no channel is configured, so nobody is told of incidents: docs/guides/notifications.md')
    terminal.say('  Ctrl-C stops it')
    await untilInterrupted(context, services, server).finally(() => withdraw(loaded.config.dataDir))
  } catch (error) {
    await services.close()
    throw error
  }
  return EXIT.well
}

async function untilInterrupted(context: VerbContext, services: Services, server: RunningServer): Promise<void> {
  const { host, terminal } = context
  let asked = 0
  let forget = () => {}
  await new Promise<void>((resolve) => {
    forget = host.onInterrupt(() => {
      asked++
      if (asked === 1) resolve()
      else host.abort(EXIT.couldNot)
    })
  })
  terminal.note('stopping: answering what is under way; Ctrl-C again stops at once')
  try {
    await server.close()
    await services.close()
  } finally {
    forget()
  }
}
