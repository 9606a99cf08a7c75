// What kubectl does when it writes, on the embedded server as on a real one: what it prints, how it exits, and what is
// stored afterwards. Run by `npm run test:cluster`.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FILES } from './write-files.ts'
import { type Command, startWriteWorld, type WriteWorld } from './write-world.ts'

let world: WriteWorld

beforeAll(async () => {
  world = await startWriteWorld(FILES)
})
afterAll(() => world.stop())

const stored = (what: string): Command => `get ${what} -o json --show-managed-fields`
const FLAGS = stored('configmap flags')
const WEB = stored('deployment web')

const CREATE: Readonly<Record<string, readonly Command[]>> = {
  'create configmap': [
    'create configmap a --from-literal=x=1 --from-literal=y=2',
    'create configmap a --from-literal=x=1',
    'create configmap b --from-file={dir}/app.properties --from-file=other={dir}/app.env',
    'create configmap c --from-env-file={dir}/app.env',
    'create configmap d --from-literal=x=1 --dry-run=server -o yaml',
    'create configmap e --from-literal=x=1 --dry-run=client -o yaml',
    'create configmap UPPER',
    stored('configmap a b c'),
  ],
  'create secret': [
    'create secret generic s --from-literal=password=p --from-file={dir}/app.properties',
    'create secret tls t --cert={dir}/tls.crt --key={dir}/tls.key',
    'create secret tls t --cert={dir}/tls.crt --key={dir}/app.env',
    'create secret docker-registry r --docker-server=x.example --docker-username=u --docker-password=p',
    'create secret generic odd --type=kubernetes.io/tls --from-literal=a=b',
    stored('secret s t r'),
  ],
  'create the other kinds': [
    'create deployment web --image=nginx:1 --replicas=0 --port=80',
    'create serviceaccount robot',
    'create job once --image=nginx -- sleep 1',
    ['create', 'cronjob', 'often', '--image=nginx', '--schedule=0 0 1 1 *'],
    'create job now --from=cronjob/often',
    'create role reader --verb=get,list --resource=configmaps',
    'create rolebinding reads --role=reader --serviceaccount={ns}:robot',
    'create namespace {ns}',
    stored('deployment web'),
    stored('serviceaccount robot'),
    stored('role reader'),
    stored('rolebinding reads'),
    'get cronjob often -o json',
  ],
  'create -f': [
    'create -f {dir}/config.yaml',
    'create -f {dir}/config.yaml',
    'create -f {dir}/typo.yaml',
    'create -f {dir}/typo.yaml --validate=warn',
    'create -f {dir}/wrong-type.yaml',
    'create -f {dir}/no-selector.yaml',
    'create -f {dir}/all',
    FLAGS,
  ],
}

const APPLY: Readonly<Record<string, readonly Command[]>> = {
  'apply -f': [
    'apply -f {dir}/config.yaml',
    'apply -f {dir}/config.yaml',
    'diff -f {dir}/changed.yaml',
    'apply -f {dir}/changed.yaml --dry-run=client',
    'apply -f {dir}/changed.yaml --dry-run=server',
    FLAGS,
    'apply -f {dir}/changed.yaml',
    'diff -f {dir}/changed.yaml',
    'apply view-last-applied configmap/flags',
    FLAGS,
    'delete -f {dir}/config.yaml',
    'delete -f {dir}/config.yaml --ignore-not-found',
    'delete -f {dir}/config.yaml',
  ],
  'apply of workloads': [
    'apply -f {dir}/web.yaml',
    'apply -f {dir}/scaled.yaml',
    'apply -f {dir}/typo.yaml',
    'apply -f {dir}/other-selector.yaml',
    WEB,
  ],
  'apply of directories': [
    'apply -f {dir}/all',
    'apply -f {dir}/all',
    'apply -k {dir}/kustomize',
    'delete -k {dir}/kustomize',
    FLAGS,
  ],
  'apply --server-side': [
    'apply --server-side -f {dir}/config.yaml',
    'apply --server-side -f {dir}/config.yaml',
    'diff --server-side -f {dir}/changed.yaml',
    'apply --server-side -f {dir}/changed.yaml --dry-run=server',
    'apply --server-side -f {dir}/changed.yaml',
    FLAGS,
    'apply --server-side -f {dir}/config.yaml --field-manager=other',
    'apply --server-side -f {dir}/config.yaml --field-manager=other --force-conflicts',
    FLAGS,
    'apply --server-side -f {dir}/typo.yaml',
  ],
  'from apply on the client to apply on the server and back': [
    'apply -f {dir}/web.yaml',
    WEB,
    'apply --server-side -f {dir}/scaled.yaml',
    WEB,
    'apply -f {dir}/web.yaml',
    WEB,
  ],
}

const CHANGE: Readonly<Record<string, readonly Command[]>> = {
  patch: [
    'create -f {dir}/config.yaml',
    ['patch', 'configmap', 'flags', '-p', '{"data":{"color":"red"}}'],
    ['patch', 'configmap', 'flags', '-p', '{"data":{"color":"red"}}'],
    ['patch', 'configmap', 'flags', '--type=merge', '-p', '{"data":{"size":null}}'],
    ['patch', 'configmap', 'flags', '--type=json', '-p', '[{"op":"add","path":"/data/x","value":"1"}]'],
    ['patch', 'configmap', 'flags', '--type=json', '-p', '[{"op":"remove","path":"/data/none"}]'],
    ['patch', 'configmap', 'flags', '-p', '{"dat":{"color":"red"}}'],
    'patch configmap flags --patch-file={dir}/patch.yaml --dry-run=server',
    'patch -f {dir}/config.yaml --patch-file={dir}/patch.yaml',
    ['patch', 'configmap', 'none', '-p', '{}'],
    FLAGS,
  ],
  replace: [
    'create -f {dir}/config.yaml',
    'replace -f {dir}/changed.yaml',
    'replace -f {dir}/config.yaml --dry-run=server',
    'replace -f {dir}/web.yaml',
    'replace --force -f {dir}/config.yaml',
    FLAGS,
  ],
  edit: [
    'create -f {dir}/config.yaml',
    { args: 'edit configmap flags', editor: 'sed -i s/blue/red/' },
    { args: 'edit configmap flags', editor: 'true' },
    { args: 'edit configmap flags -o json', editor: 'sed -i s/red/pink/' },
    { args: 'edit configmap none', editor: 'true' },
    FLAGS,
  ],
  'label and annotate': [
    'create -f {dir}/config.yaml',
    'label configmap flags env=dev',
    'label configmap flags env=dev',
    'label configmap flags env=prod',
    'label configmap flags env=prod --overwrite',
    'label configmap flags team-',
    'label configmap flags none-',
    'label configmap flags a=b/c',
    'annotate configmap flags reloader.stakater.com/match=true',
    'annotate configmap -l env=prod note=x',
    'annotate configmap flags note-',
    'annotate configmap flags note=y --dry-run=server',
    FLAGS,
  ],
  'set env and image': [
    'create -f {dir}/web.yaml',
    'set env deployment/web C=3 A-',
    'set env deployment/web --list',
    'set image deployment/web web=nginx:2',
    'set image deployment/web web=nginx:2',
    'set image deployment/web none=nginx:2',
    'set resources deployment/web --limits=cpu=1500m,memory=1Gi',
    'set serviceaccount deployment/web robot',
    WEB,
  ],
  delete: [
    'create configmap a',
    'create configmap b',
    'delete configmap a --dry-run=client',
    'delete configmap a --dry-run=server',
    'delete configmap a b --dry-run=server',
    'delete configmap a b none',
    'create configmap c',
    'label configmap c x=y',
    'delete configmap -l x=y',
    'delete configmap -l x=y',
    'create serviceaccount robot',
    'delete serviceaccount/robot --now',
    'delete serviceaccount robot --cascade=sideways',
  ],
  'delete and leave dependents': [
    'create deployment web --image=nginx --replicas=0',
    'rollout status deployment/web --timeout=60s',
    'delete deployment web --cascade=orphan',
    'get replicaset -l app=web -o jsonpath={.items[*].metadata.ownerReferences}',
    'delete replicaset -l app=web --cascade=foreground --output=name --dry-run=client',
  ],
}

const ROLLOUT: Readonly<Record<string, readonly Command[]>> = {
  rollout: [
    'create -f {dir}/web.yaml',
    'rollout status deployment/web --timeout=60s --watch=false',
    'rollout status deployment/web --timeout=60s',
    'set image deployment/web web=nginx:2',
    'rollout status deployment/web --timeout=60s',
    'rollout history deployment/web',
    'rollout history deployment/web --revision=1',
    'rollout undo deployment/web',
    'rollout status deployment/web --timeout=60s',
    'rollout history deployment/web',
    'rollout undo deployment/web --to-revision=9',
    'rollout pause deployment/web',
    'rollout pause deployment/web',
    'rollout undo deployment/web',
    'rollout restart deployment/web',
    'rollout resume deployment/web',
    'rollout resume deployment/web',
    'rollout restart deployment/web',
    'rollout restart configmap/none',
    'get deployment web -o json',
  ],
  scale: [
    'create deployment web --image=nginx --replicas=0',
    'scale deployment web --replicas=2',
    'scale deployment web --replicas=1 --current-replicas=5',
    'scale deployment/web --replicas=1 --current-replicas=2',
    'scale deployment none --replicas=1',
    'scale --replicas=0 deployment web --dry-run=server',
    'get deployment web -o json',
  ],
}

describe.each(Object.entries({ ...CREATE, ...APPLY, ...CHANGE, ...ROLLOUT }))(
  'kubectl %s',
  (_name, commands) => {
    test('does and says the same', async () => {
      const [ours, theirs] = await world.play(commands)
      const told = (outcomes: readonly object[]) =>
        outcomes.map((each, i) => ({ command: commands[i], ...each }))
      expect(told(ours)).toEqual(told(theirs))
    })
  },
)
