import type { Channel, ChannelSettings } from '../channel.ts'
import type { Message } from '../message.ts'
import { post, type Reach } from '../outbound.ts'
import { headlineOf, sectionsOf, summaryOf } from '../words.ts'

/** Limits of Block Kit: a header of 150 characters, a section of 3,000, 50 blocks. */
const MAX_HEADER = 150
const MAX_SECTION = 3_000

/** An incoming webhook. It knows no key: an answer that got lost is a message twice. */
export function createSlack({ url = '' }: ChannelSettings, reach: Reach): Channel {
  return { send: ({ message }) => post({ url, body: bodyOf(message) }, reach) }
}

/** Names of columns come from data, so nothing is sent as markup: a category called `<!channel>` calls nobody. */
function bodyOf(message: Message) {
  const { link } = message
  const sections = sectionsOf(message).map(
    ({ heading, lines }) => `${heading}\n${lines.map((line) => `• ${line}`).join('\n')}`,
  )
  return {
    text: withoutMarkup(headlineOf(message)),
    blocks: [
      { type: 'header', text: plain(headlineOf(message), MAX_HEADER) },
      ...[summaryOf(message), ...sections].map((text) => ({ type: 'section', text: plain(text, MAX_SECTION) })),
      ...(link === null
        ? []
        : [
            {
              type: 'actions',
              elements: [{ type: 'button', text: plain('How it came about', MAX_HEADER), url: link }],
            },
          ]),
    ],
  }
}

function plain(text: string, limit: number) {
  return { type: 'plain_text', text: text.length > limit ? `${text.slice(0, limit - 1)}…` : text, emoji: false }
}

/** The fallback text is markup by nature; these three are all that has to be escaped. */
function withoutMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
