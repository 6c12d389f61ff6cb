/** What was sent, for messages: enough to find it, never a page. */
export function excerpt(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`
}
