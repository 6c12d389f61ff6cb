import { InferenceSession } from 'onnxruntime-node'
import { EvenkeelError } from '../error.ts'

/**
 * One thread to a call: a row of a tabular model takes microseconds, and threads that wait for each other longer. The
 * arena is off: it keeps the memory of the largest batch ever seen.
 */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  enableCpuMemArena: false,
  logSeverityLevel: 3,
}

/** Opens an ONNX graph. @throws EvenkeelError ONNX_CANNOT_LOAD with what ONNX Runtime says */
export async function openSession(bytes: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, SESSION_OPTIONS)
  } catch (cause) {
    const found = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]!.slice(0, 300)
    throw new EvenkeelError(
      'ONNX_CANNOT_LOAD',
      `ONNX Runtime cannot load the ${bytes.length} bytes: ${found}; export the model as one ONNX file of standard operators`,
      { bytes: bytes.length, found },
      cause,
    )
  }
}
