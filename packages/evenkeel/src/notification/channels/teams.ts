import type { Channel, ChannelSettings } from '../channel.ts'
import type { Message } from '../message.ts'
import { post, type Reach } from '../outbound.ts'
import { headlineOf, sectionsOf, summaryOf } from '../words.ts'

/** A workflow of Microsoft Teams that posts what its webhook receives. It knows no key either. */
export function createTeams({ url = '' }: ChannelSettings, reach: Reach): Channel {
  return {
    send: ({ message }) => {
      const content = cardOf(message)
      const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }
      return post({ url, body: { type: 'message', attachments: [attachment] } }, reach)
    },
  }
}

const COLOUR = { critical: 'Attention', warning: 'Warning', info: 'Default' } as const

/** Text runs, not text blocks: those read Markdown, and names of columns come from data. */
function cardOf(message: Message) {
  const { link, severity, closedAt } = message
  const color = closedAt === null ? COLOUR[severity] : 'Good'
  const run = (text: string, more: object = {}) => ({ type: 'TextRun', text, ...more })
  const block = (...inlines: object[]) => ({ type: 'RichTextBlock', inlines })
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: headlineOf(message),
    body: [
      block(run(headlineOf(message), { weight: 'Bolder', size: 'Medium', color })),
      block(run(summaryOf(message))),
      ...sectionsOf(message).flatMap(({ heading, lines }) => [
        block(run(heading, { weight: 'Bolder' })),
        ...lines.map((line) => block(run(`• ${line}`))),
      ]),
    ],
    actions: link === null ? [] : [{ type: 'Action.OpenUrl', title: 'How it came about', url: link }],
  }
}
