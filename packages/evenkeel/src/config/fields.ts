import * as z from 'zod'
import { DAY_MS } from '../clock.ts'

/** A name that goes into addresses, file names and SQL rows alike. */
export const name = () =>
  z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/i, 'expected letters, digits, and - _ . between them')

/** A span of time. */
export const span = (description: string, fallback: number, min = 0, max = 366 * DAY_MS) =>
  z.int().min(min).max(max).default(fallback).meta({ description, unit: 'ms' })

export const share = (description: string, fallback: number, min = 0, max = 1) =>
  z.number().min(min).max(max).default(fallback).meta({ description, unit: 'share' })

export const rows = (description: string, fallback: number, min = 1, max = 10_000_000) =>
  z.int().min(min).max(max).default(fallback).meta({ description, unit: 'rows' })

export const bytes = (description: string, fallback: number, min: number, max: number) =>
  z.int().min(min).max(max).default(fallback).meta({ description, unit: 'bytes' })
