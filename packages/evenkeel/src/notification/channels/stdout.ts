import type { Channel } from '../channel.ts'
import { headlineOf, textOf } from '../words.ts'

/** For a terminal, and for those who collect what a process prints. */
export function createStdout(print: (text: string) => void): Channel {
  return {
    async send({ message }) {
      print(`${headlineOf(message)}\n${textOf(message).replaceAll(/^/gm, '  ')}\n`)
      return { kind: 'delivered' }
    },
  }
}
