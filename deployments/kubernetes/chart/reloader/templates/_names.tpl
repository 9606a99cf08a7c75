{{/* Names, labels and the image. Names and selector labels are those of Stakater's chart, because they cannot be changed. */}}

{{- define "reloader.fullname" -}}
{{- $name := .Values.fullnameOverride | default (printf "%s-%s" .Release.Name (.Values.nameOverride | default "reloader")) -}}
{{- $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "reloader.namespace" -}}
{{- .Values.namespace | default .Release.Namespace -}}
{{- end -}}

{{- define "reloader.serviceAccountName" -}}
{{- $account := .Values.reloader.serviceAccount -}}
{{- if $account.name }}{{ $account.name }}{{ else if $account.create }}{{ include "reloader.fullname" . }}{{ else }}default{{ end -}}
{{- end -}}

{{- define "reloader.selectorLabels" -}}
app: {{ include "reloader.fullname" . }}
release: {{ .Release.Name | quote }}
{{- with .Values.reloader.matchLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "reloader.labels" -}}
{{ include "reloader.selectorLabels" . }}
app.kubernetes.io/name: reloader
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/* Labels of ours and those given, of which none replaces one of ours: (list $ labels) */}}
{{- define "reloader.allLabels" -}}
{{- merge (include "reloader.labels" (index . 0) | fromYaml) (index . 1 | default dict) | toYaml -}}
{{- end -}}

{{/* (dict "root" $ "suffix" "-role" "labels" ... "annotations" ... "namespace" ...), of which only the root has to be there. */}}
{{- define "reloader.metadata" -}}
name: {{ include "reloader.fullname" .root }}{{ .suffix }}
namespace: {{ .namespace | default (include "reloader.namespace" .root) }}
labels:
  {{- include "reloader.allLabels" (list .root .labels) | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "reloader.imagePullSecrets" -}}
{{- range .Values.global.imagePullSecrets }}
- name: {{ if kindIs "string" . }}{{ . }}{{ else }}{{ .name }}{{ end }}
{{- end }}
{{- end -}}

{{/* The image, unless it is that of Stakater's Reloader, which helm upgrade --reuse-values would carry over. */}}
{{- define "reloader.image" -}}
{{- $image := .Values.image -}}
{{- $registry := .Values.global.imageRegistry -}}
{{- $name := $image.repository -}}
{{- if $registry }}{{- $name = printf "%s/%s" $registry $image.name }}{{- end -}}
{{- if regexMatch "(^|/)stakater/reloader(-ubi)?$" $name -}}
{{- fail (printf "Cannot use the image %s: this chart is for another program; with helm upgrade use --reset-then-reuse-values instead of --reuse-values, and take image.* out of your values" $name) -}}
{{- end -}}
{{- with $image.digest }}{{ $name }}@{{ . }}{{ else }}{{ $name }}:{{ $image.tag | default (printf "v%s" .Chart.AppVersion) }}{{ end -}}
{{- end -}}
