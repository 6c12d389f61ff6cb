import type { Clock } from '../clock.ts'
import type { Database, Journal, Queryable, Step } from '../storage/index.ts'
import type { Resolver } from './addresses.ts'
import type { ChannelSettings } from './channel.ts'
import { openChannel } from './channels/open.ts'
import { deliverNext } from './deliver.ts'
import { DEFAULT_NOTIFICATION, type NotificationSettings } from './notification.ts'
import { reviveNotification } from './tables.ts'
import { tell } from './tell.ts'

/** Incidents are told to people: `notification.tell` queues, and what is queued is delivered channel by channel. */
export interface Notifying {
  readonly steps: readonly Step[]
  /** By channel: deals with one message that is due, and resolves to 0 when there is none. */
  readonly deliveries: readonly (() => Promise<number>)[]
  /** Tries again what was given up; false when there is none of that id that was. */
  retry(q: Queryable, request: { readonly project: string; readonly id: string }): Promise<boolean>
}

export interface NotifyingOptions {
  readonly db: Database
  readonly journal: Journal
  readonly clock: Clock
  /** Whose incidents are told of: the channels are the configuration's, and so is their project. */
  readonly project: string
  readonly channels: Readonly<Record<string, ChannelSettings>>
  readonly settings?: Partial<NotificationSettings>
  /** Where stdout goes. */
  readonly print?: (text: string) => void
  /** How names become addresses; the system's way by default. */
  readonly resolver?: Resolver
  /** From 0 to 1, for the back-off. */
  readonly random?: () => number
  /** Told of every message that was given up. */
  readonly onTrouble?: (trouble: { readonly message: string; readonly error: unknown }) => void
}

export type TellOptions = Pick<NotifyingOptions, 'clock' | 'project' | 'channels'> & {
  readonly settings: NotificationSettings
}

export type DeliverOptions = Pick<NotifyingOptions, 'db' | 'journal' | 'clock' | 'project'> &
  Required<Pick<NotifyingOptions, 'random' | 'onTrouble'>> & { readonly settings: NotificationSettings }

export function createNotifying(given: NotifyingOptions): Notifying {
  const { print = (text) => void process.stdout.write(text), resolver, clock, channels } = given
  const settings = { ...DEFAULT_NOTIFICATION, ...given.settings }
  const options = { random: Math.random, onTrouble: () => {}, ...given, settings }
  return {
    steps: [
      {
        name: 'notification.tell',
        on: [
          'incident.opened',
          'incident.joined',
          'incident.closed',
          'diagnosis.concluded',
          'plan.awaiting',
          'plan.refused',
          'plan.decided',
          'remedy.started',
          'remedy.overdue',
          'remedy.reverted',
        ],
        async run(tx, event) {
          await tell(tx, event, options)
          return []
        },
      },
    ],
    deliveries: Object.entries(channels).map(([name, of]) => {
      const channel = openChannel(of, { print, resolver })
      return () => deliverNext(options, { name, channel })
    }),
    retry: (q, request) => reviveNotification(q, { ...request, at: clock.now() }),
  }
}
