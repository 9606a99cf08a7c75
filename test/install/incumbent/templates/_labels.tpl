{{- define "labels" }}
    app: {{ .Release.Name }}-reloader
    release: {{ .Release.Name | quote }}
    chart: "reloader-{{ .Chart.Version }}"
    heritage: {{ .Release.Service | quote }}
    helm.sh/chart: "reloader-{{ .Chart.Version }}"
    app.kubernetes.io/name: reloader
    app.kubernetes.io/instance: {{ .Release.Name | quote }}
    app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
    app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
{{- define "metadata" }}
  namespace: {{ .Release.Namespace }}
  annotations:
    meta.helm.sh/release-namespace: {{ .Release.Namespace | quote }}
    meta.helm.sh/release-name: {{ .Release.Name | quote }}
  labels: {{ include "labels" . }}
{{- end }}
{{- define "workloadRules" }}
  - {apiGroups: [""], resources: [secrets, configmaps], verbs: [list, get, watch]}
  - {apiGroups: [apps], resources: [deployments, daemonsets, statefulsets], verbs: [list, get, update, patch]}
  - {apiGroups: [batch], resources: [cronjobs], verbs: [list, get]}
  - {apiGroups: [batch], resources: [jobs], verbs: [create, delete, list, get]}
  - {apiGroups: [""], resources: [events], verbs: [create, patch]}
{{- end }}
