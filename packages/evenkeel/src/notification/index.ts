export { DEFAULT_NOTIFICATION, type NotificationState } from './notification.ts'
export { createNotifying, type Notifying } from './service.ts'
export { countNotifications, forgetNotifications, readNotifications } from './tables.ts'
