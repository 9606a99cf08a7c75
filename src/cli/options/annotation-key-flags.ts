// The rows of the table of flags that rename annotations. All other annotation keys are fixed.
import { DEFAULT_ANNOTATION_NAMES as NAMES } from '../../decide/settings/annotation-names.ts'
import { type Flag, textFlag } from './flag.ts'
import { checkAnnotationKey } from './flag-values.ts'

/** Rows by the name that the code asks for them with. */
export const ANNOTATION_KEY_FLAGS = {
  autoAnnotation: keyFlag('auto-annotation', NAMES.auto, 'that follows every config in use'),
  configMapAutoAnnotation: keyFlag(
    'configmap-auto-annotation',
    NAMES.configMapAuto,
    'that follows every ConfigMap in use',
  ),
  secretAutoAnnotation: keyFlag(
    'secret-auto-annotation',
    NAMES.secretAuto,
    'that follows every Secret in use',
  ),
  configMapAnnotation: keyFlag(
    'configmap-annotation',
    NAMES.configMapReload,
    'that lists ConfigMaps to follow',
  ),
  secretAnnotation: keyFlag('secret-annotation', NAMES.secretReload, 'that lists Secrets to follow'),
  autoSearchAnnotation: keyFlag(
    'auto-search-annotation',
    NAMES.search,
    'that follows configs in use that carry match',
  ),
  searchMatchAnnotation: keyFlag('search-match-annotation', NAMES.match, 'on configs that search looks for'),
  ignoreAnnotation: keyFlag('ignore-annotation', NAMES.ignore, 'on configs that nobody is to follow'),
  pauseDeploymentAnnotation: keyFlag(
    'pause-deployment-annotation',
    NAMES.pausePeriod,
    'that pauses a Deployment for a while after a roll',
  ),
  pauseDeploymentTimeAnnotation: keyFlag(
    'pause-deployment-time-annotation',
    NAMES.pausedAt,
    'that is written while Reloader pauses a Deployment',
  ),
} as const

/** A flag that renames an annotation of the incumbent. */
function keyFlag(name: string, key: string, meaning: string): Flag<string> {
  return textFlag({
    source: 'incumbent',
    since: '0.1',
    name,
    group: 'Annotation keys',
    type: 'key',
    default: key,
    check: checkAnnotationKey,
    help: `Key of the annotation ${meaning}`,
  })
}
