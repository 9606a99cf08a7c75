// The table of flags: name, value, default, meaning, origin. `--help` is made from it and docs/flags.md is held against
// it. Rows of the incumbent keep its names, defaults and meanings (case included).
import { COMPAT_WORDS } from '../../decide/settings/compat.ts'
import type { ListenAddress } from '../../telemetry/http-server.ts'
import { LOG_FORMATS, LOG_LEVELS } from '../../telemetry/log.ts'
import { STORED_TYPES } from '../../types/config.ts'
import { ANNOTATION_KEY_FLAGS } from './annotation-key-flags.ts'
import { boolFlag, listFlag, parseWord, textFlag, valueFlag, wordBoolFlag, wordFlag } from './flag.ts'
import {
  checkHttpUrl,
  parseListenAddress,
  parseNamespaces,
  parseResourcesToIgnore,
  parseWorkers,
  parseWorkloadTypes,
} from './flag-values.ts'
import { toLabelSelector } from './label-selector.ts'
import { LEADER_FLAGS } from './leader-flags.ts'
import { RUN_FLAGS } from './run-flags.ts'
import { SETTLE_FLAGS } from './settle-flags.ts'

const incumbent = { source: 'incumbent', since: '0.1' } as const
const ours = { source: 'ours', since: '0.1' } as const

/** Rows by the name that the code asks for them with. */
export const FLAGS = {
  autoReloadAll: boolFlag({
    ...incumbent,
    name: 'auto-reload-all',
    group: 'What is followed',
    default: false,
    help: 'Treat every workload as annotated with auto, unless it says otherwise',
  }),
  keyLevel: boolFlag({
    ...ours,
    name: 'key-level',
    group: 'What is followed',
    default: true,
    help: 'Let only those keys of a config count that the workload uses',
  }),
  imagePullSecrets: boolFlag({
    ...ours,
    name: 'image-pull-secrets',
    group: 'What is followed',
    default: false,
    help: 'Follow the Secrets that imagePullSecrets name, too',
  }),
  reloadOnCreate: wordBoolFlag({
    ...incumbent,
    name: 'reload-on-create',
    group: 'What is followed',
    help: 'Roll when a followed config that was missing is created',
  }),
  reloadOnDelete: wordBoolFlag({
    ...incumbent,
    name: 'reload-on-delete',
    group: 'What is followed',
    help: 'Roll when a followed config is deleted',
  }),
  syncAfterRestart: boolFlag({
    ...incumbent,
    name: 'sync-after-restart',
    group: 'What is followed',
    default: false,
    help: 'Accepted and not needed: what changed while Reloader was down is always found at start',
  }),
  adopt: wordFlag({
    ...ours,
    name: 'adopt',
    group: 'What is followed',
    default: 'heal',
    words: ['heal', 'record'],
    help: 'For a workload with a stamp of the incumbent but without a record: roll it if the stamp shows a missed change, or only record',
  }),

  namespaces: listFlag({
    ...incumbent,
    name: 'namespaces',
    group: 'Which objects are looked at',
    type: 'names',
    default: [],
    of: parseNamespaces,
    help: 'Look at exactly these namespaces; wins over KUBERNETES_NAMESPACE',
  }),
  namespacesToIgnore: listFlag({
    ...incumbent,
    name: 'namespaces-to-ignore',
    group: 'Which objects are looked at',
    type: 'names',
    default: [],
    of: parseNamespaces,
    help: 'Leave these namespaces alone',
  }),
  namespaceSelector: listFlag({
    ...incumbent,
    name: 'namespace-selector',
    group: 'Which objects are looked at',
    type: 'selector',
    default: undefined,
    of: toLabelSelector,
    help: 'Look only at namespaces whose labels match; key:value and key:* are understood as well',
  }),
  resourceLabelSelector: listFlag({
    ...incumbent,
    name: 'resource-label-selector',
    group: 'Which objects are looked at',
    type: 'selector',
    default: undefined,
    of: toLabelSelector,
    help: 'Look only at ConfigMaps and Secrets whose labels match; key:value and key:* are understood as well',
  }),
  resourcesToIgnore: listFlag({
    ...incumbent,
    name: 'resources-to-ignore',
    group: 'Which objects are looked at',
    type: 'configmaps|secrets',
    default: STORED_TYPES,
    of: parseResourcesToIgnore,
    help: 'Do not look at configs of this type',
  }),
  ignoredWorkloadTypes: listFlag({
    ...incumbent,
    name: 'ignored-workload-types',
    group: 'Which objects are looked at',
    type: 'jobs|cronjobs',
    default: [],
    of: parseWorkloadTypes,
    help: 'Leave workloads of these kinds alone',
  }),
  enableCsiIntegration: boolFlag({
    ...incumbent,
    name: 'enable-csi-integration',
    group: 'Which objects are looked at',
    default: false,
    help: 'Follow SecretProviderClasses of the Secrets Store CSI driver, and roll for their rotations',
  }),
  isArgoRollouts: wordBoolFlag({
    ...incumbent,
    name: 'is-Argo-Rollouts',
    spellings: ['is-argo-rollouts'],
    group: 'Which objects are looked at',
    help: 'Roll Argo Rollouts, too; `--is-argo-rollouts` means the same',
  }),

  compat: listFlag({
    ...ours,
    name: 'compat',
    group: 'What is followed',
    type: 'wave|fabric8',
    default: [],
    of: (elements) => elements.map((element) => parseWord(element, COMPAT_WORDS)),
    help: 'Read the opt-in annotations of these controllers, too, for moving from them',
  }),

  reloadStrategy: wordFlag({
    ...incumbent,
    name: 'reload-strategy',
    group: 'How a workload is rolled',
    default: 'env-vars',
    words: ['env-vars', 'annotations'],
    help: 'What a roll writes into the pod template: an environment variable or an annotation (better with GitOps)',
  }),
  dryRun: boolFlag({
    ...ours,
    name: 'dry-run',
    group: 'How a workload is rolled',
    default: false,
    help: 'Do everything but write, and say what would be written',
  }),
  once: boolFlag({
    ...ours,
    name: 'once',
    group: 'How a workload is rolled',
    default: false,
    help: 'With --dry-run: end after the report, without a port and with warnings alone in the log',
  }),
  webhookUrl: textFlag({
    ...incumbent,
    name: 'webhook-url',
    group: 'How a workload is rolled',
    type: 'URL',
    secret: true,
    default: '',
    check: checkHttpUrl,
    help: 'Call this URL for each changed config that a workload follows, and roll nothing',
  }),

  ...RUN_FLAGS,
  ...SETTLE_FLAGS,
  ...ANNOTATION_KEY_FLAGS,

  kubeconfig: textFlag({
    ...ours,
    name: 'kubeconfig',
    group: 'Cluster',
    type: 'file',
    default: '',
    help: 'The kubeconfig file; without it KUBECONFIG, ~/.kube/config and the service account of the pod are tried',
  }),
  context: textFlag({
    ...ours,
    name: 'context',
    group: 'Cluster',
    type: 'name',
    default: '',
    help: 'The context of the kubeconfig file; without it its current one',
  }),

  ...LEADER_FLAGS,
  workers: valueFlag({
    ...ours,
    name: 'workers',
    group: 'Running',
    type: 'number',
    default: 32,
    defaultText: '32',
    of: parseWorkers,
    help: 'How many workloads are looked at at once',
  }),
  listenAddress: valueFlag<ListenAddress>({
    ...ours,
    name: 'listen-address',
    group: 'Running',
    type: 'address',
    default: { port: 9090 },
    defaultText: ':9090',
    of: parseListenAddress,
    help: 'Where /metrics, /live, /healthz and /readyz are served; port 0 takes a free one',
  }),
  enablePprof: boolFlag({
    ...incumbent,
    since: 'never',
    instead: "there is no Go profile of this program: use Node's own --cpu-prof and --heapsnapshot-signal",
    name: 'enable-pprof',
    group: 'Running',
    default: false,
    help: 'Accepted without effect: this is not a Go program',
  }),
  pprofAddr: textFlag({
    ...incumbent,
    name: 'pprof-addr',
    group: 'Running',
    type: 'address',
    default: ':6060',
    help: 'Accepted without effect, like --enable-pprof',
  }),

  logLevel: wordFlag({
    ...incumbent,
    name: 'log-level',
    group: 'Logs',
    default: 'info',
    words: LOG_LEVELS,
    aliases: { warn: 'warning' },
    help: 'Leave out lines below this level',
  }),
  logFormat: wordFlag({
    ...incumbent,
    name: 'log-format',
    group: 'Logs',
    default: 'text',
    words: LOG_FORMATS,
    help: 'The form of a line on standard error',
  }),
} as const
