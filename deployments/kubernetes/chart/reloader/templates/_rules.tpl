{{/* The rights, computed from what is used. A comment above a rule is its reason in docs/rbac.md. */}}

{{/* In every namespace that is looked at. */}}
{{- define "reloader.watchRules" -}}
{{- $r := .Values.reloader -}}
{{- $workloadVerbs := "get, list, watch, patch" -}}
{{- if $r.dryRun }}{{- $workloadVerbs = "get, list, watch" }}{{- end -}}
# watched as metadata; the content of a followed config is read with one GET per change
- apiGroups: [""]
  resources: {{ include "reloader.configTypes" . }}
  verbs: [get, list, watch]
# a roll is one PATCH of the pod template
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets]
  verbs: [{{ $workloadVerbs }}]
{{- if not $r.ignoreCronJobs }}
# a roll is a Job that is started now; the CronJob itself is never written
- apiGroups: [batch]
  resources: [cronjobs]
  verbs: [get, list, watch]
{{- end }}
{{- if not $r.ignoreJobs }}
# a roll of a Job is its deletion and the same Job again; a CronJob's is a new Job
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch{{ if not $r.dryRun }}, create, delete{{ end }}]
{{- else if not $r.ignoreCronJobs }}
# a roll of a CronJob is a new Job, unless it forbids that beside another
- apiGroups: [batch]
  resources: [jobs]
  verbs: [list{{ if not $r.dryRun }}, create{{ end }}]
{{- end }}
{{- if $r.isArgoRollouts }}
# a roll is one PATCH of the Rollout
- apiGroups: [argoproj.io]
  resources: [rollouts]
  verbs: [{{ $workloadVerbs }}]
{{- end }}
{{- if $r.isOpenshift }}
# a roll is one PATCH of the pod template
- apiGroups: [apps.openshift.io]
  resources: [deploymentconfigs]
  verbs: [{{ $workloadVerbs }}]
{{- end }}
{{- if $r.enableCSIIntegration }}
# a rotation is a new version in the status of a pod's SecretProviderClass
- apiGroups: [secrets-store.csi.x-k8s.io]
  resources: [secretproviderclasses, secretproviderclasspodstatuses]
  verbs: [get, list, watch]
{{- end }}
{{- if include "reloader.selectsNamespaces" . }}
# which namespaces the selector matches
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get, list, watch]
{{- end }}
{{- if not $r.dryRun }}
# what was done, and what could not be
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end }}
{{- end -}}

{{/* In the controller's own namespace. */}}
{{- define "reloader.ownRules" -}}
{{- $r := .Values.reloader -}}
# the records of what each workload has taken into account
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch{{ if not $r.dryRun }}, create, update{{ end }}]
# the key of the digests
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [{{ include "reloader.fullname" . }}-digest-key]
  verbs: [get{{ if not $r.dryRun }}, update{{ end }}]
{{- if $r.enableHA }}
# the election of the replica that works
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
# the election of the replica that works
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [stakater-reloader-lock]
  verbs: [get, update]
{{- end }}
{{- end -}}

{{/* roleRef and subjects: (dict "root" $ "kind" "Role" "suffix" "-role") */}}
{{- define "reloader.binding" -}}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ .kind }}
  name: {{ include "reloader.fullname" .root }}{{ .suffix }}
subjects:
  - kind: ServiceAccount
    name: {{ include "reloader.serviceAccountName" .root }}
    namespace: {{ include "reloader.namespace" .root }}
{{- end -}}
