// The files that the commands of the tests name.
import { createAuthority } from '../controlplane/certificates.ts'

/** A ConfigMap. */
export const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata:
  name: flags
  labels: {team: a}
data:
  color: blue
  size: "2"
`

/** The same one with a key changed, a key gone and a key added. */
export const CHANGED_CONFIG = CONFIG.replace('blue', 'green').replace('  size: "2"\n', '  shape: round\n')

/** A Deployment of one container. */
export const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1
          env:
            - {name: A, value: "1"}
          ports: [{containerPort: 80}]
`

const PAIR = createAuthority().issueServer(['localhost'])

/** By the names under which the commands find them. */
export const FILES: Readonly<Record<string, string>> = {
  'config.yaml': CONFIG,
  'changed.yaml': CHANGED_CONFIG,
  'web.yaml': DEPLOYMENT,
  'scaled.yaml': DEPLOYMENT.replace('replicas: 1', 'replicas: 2').replace(
    '{name: A, value: "1"}',
    '{name: B, value: "2"}',
  ),
  'no-selector.yaml': DEPLOYMENT.replace('  selector: {matchLabels: {app: web}}\n', ''),
  'other-selector.yaml': DEPLOYMENT.replaceAll('app: web', 'app: other'),
  'typo.yaml': DEPLOYMENT.replace('replicas', 'replicsa'),
  'wrong-type.yaml': DEPLOYMENT.replace('replicas: 1', 'replicas: many'),
  'all/config.yaml': CONFIG,
  'all/web.yaml': DEPLOYMENT,
  'kustomize/kustomization.yaml':
    'resources: [config.yaml]\nconfigMapGenerator: [{name: made, literals: [a=b]}]\nnamePrefix: k-\n',
  'kustomize/config.yaml': CONFIG,
  'app.properties': 'a=1\nb=2\n',
  'app.env': 'A=1\nB=2\n',
  'tls.crt': PAIR.certificate,
  'tls.key': PAIR.key,
  'patch.yaml': 'data: {color: red}\n',
}
