import type { Resolver } from '../addresses.ts'
import type { Channel, ChannelSettings, ChannelType } from '../channel.ts'
import type { Reach } from '../outbound.ts'
import { createAlertmanager } from './alertmanager.ts'
import { createEmail } from './email.ts'
import { createPagerduty } from './pagerduty.ts'
import { createSlack } from './slack.ts'
import { createStdout } from './stdout.ts'
import { createTeams } from './teams.ts'
import { createWebhook } from './webhook.ts'

interface Surroundings {
  readonly print: (text: string) => void
  readonly resolver?: Resolver | undefined
}

const CHANNELS = {
  slack: createSlack,
  email: createEmail,
  pagerduty: createPagerduty,
  teams: createTeams,
  webhook: createWebhook,
  alertmanager: createAlertmanager,
} as const satisfies Record<Exclude<ChannelType, 'stdout'>, (settings: ChannelSettings, reach: Reach) => Channel>

export function openChannel(settings: ChannelSettings, { print, resolver }: Surroundings): Channel {
  const { type, allow, allowPlain, timeoutMs } = settings
  return type === 'stdout' ? createStdout(print) : CHANNELS[type](settings, { allow, allowPlain, timeoutMs, resolver })
}
