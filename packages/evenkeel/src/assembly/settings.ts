import type { AlertPolicy } from '../alerting/index.ts'
import type { Config, ModelConfig } from '../config/index.ts'
import type { DiagnosisSettings } from '../diagnosis/index.ts'
import type { MonitorSettings } from '../monitoring/index.ts'
import type { Check } from '../quality/index.ts'
import type { PolicyOverride } from '../remediation/index.ts'
import type { RolloutPolicy } from '../rollout/index.ts'

type Of<Settings> = (project: string, model: string) => Settings

/** What the configuration says of a model, in the words of the stage that asks; nothing for a model it does not name. */
export interface StageSettings {
  /** Of a source, not of a model. */
  readonly checks: Of<readonly Check[]>
  readonly monitors: Of<Partial<MonitorSettings>>
  readonly alerts: Of<Partial<AlertPolicy>>
  readonly rollout: Of<Partial<RolloutPolicy>>
  readonly diagnosis: Of<Partial<DiagnosisSettings>>
  readonly policy: Of<PolicyOverride>
}

export function settingsOf(config: Config): StageSettings {
  const of =
    <Settings>(read: (model: ModelConfig) => Settings, otherwise: Settings): Of<Settings> =>
    (_, model) => {
      const settings = config.models[model]
      return settings === undefined ? otherwise : read(settings)
    }
  return {
    checks: (_, source) => config.sources[source]?.checks ?? [],
    monitors: of<Partial<MonitorSettings>>(({ monitors }) => monitors, {}),
    alerts: of<Partial<AlertPolicy>>(({ alerts }) => alerts, {}),
    rollout: of<Partial<RolloutPolicy>>(
      ({ rollout, monitors }) => ({ ...rollout, labelMaturityMs: monitors.labelMaturityMs }),
      {},
    ),
    diagnosis: of<Partial<DiagnosisSettings>>(({ monitors }) => ({ labelMaturityMs: monitors.labelMaturityMs }), {}),
    policy: of<PolicyOverride>(({ remedies }) => remedies, {}),
  }
}
