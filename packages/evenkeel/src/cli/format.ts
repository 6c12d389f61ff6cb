import type { Instant } from '../clock.ts'

/** A moment for people, in UTC and to the minute. @example formatInstant(0) // '1970-01-01 00:00Z' */
export function formatInstant(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** Four significant digits: no figure here is known better. */
export function formatFigure(value: number): string {
  return Number(value.toPrecision(4)).toString()
}

/** Breaks a line between words; what follows `term   ` hangs below it. Words longer than the width stay whole. */
export function wrapLine(line: string, width: number): string {
  if (line.length <= width) return line
  const indent = /^\s*(?:\S+(?: \S+)?\s{2,})?/.exec(line)![0].length
  const lines: string[] = []
  let current = line.slice(0, indent)
  for (const word of line.slice(indent).split(' ')) {
    const isStart = current.trim() === '' || current.length === indent
    if (!isStart && current.length + 1 + word.length > width) {
      lines.push(current)
      current = ' '.repeat(indent) + word
    } else current += isStart ? word : ` ${word}`
  }
  return [...lines, current].join('\n')
}
