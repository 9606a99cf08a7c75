{{/* What the controller looks at, and what values can not go together. */}}

{{/* The namespaces to look at, sorted, as a JSON list; empty for the whole cluster and for that of the release alone. */}}
{{- define "reloader.namespaces" -}}
{{- $given := .Values.reloader.namespaces | default list -}}
{{- if kindIs "string" $given }}{{- $given = splitList "," $given }}{{- end -}}
{{- $names := list -}}
{{- range $given }}{{- with trim . }}{{- $names = append $names . }}{{- end }}{{- end -}}
{{- if and $names .Values.reloader.watchGlobally -}}
{{- fail "Cannot use reloader.namespaces together with reloader.watchGlobally: set reloader.watchGlobally to false, or name no namespaces" -}}
{{- end -}}
{{- if $names }}{{- $names = append $names (include "reloader.namespace" .) | uniq | sortAlpha }}{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{/* The namespaces that get a Role, as a JSON list. */}}
{{- define "reloader.roleNamespaces" -}}
{{- $named := include "reloader.namespaces" . | fromJsonArray -}}
{{- if .Values.reloader.watchGlobally -}}[]{{- else -}}{{ $named | default (list (include "reloader.namespace" .)) | toJson }}{{- end -}}
{{- end -}}

{{/* The types of configs that are looked at, as a JSON list. */}}
{{- define "reloader.configTypes" -}}
{{- $types := list -}}
{{- if not .Values.reloader.ignoreConfigMaps }}{{- $types = append $types "configmaps" }}{{- end -}}
{{- if not .Values.reloader.ignoreSecrets }}{{- $types = append $types "secrets" }}{{- end -}}
{{- if not $types -}}
{{- fail "Cannot use reloader.ignoreConfigMaps together with reloader.ignoreSecrets: nothing would be left to look at" -}}
{{- end -}}
{{- toJson $types -}}
{{- end -}}

{{/* "true" where every namespace is looked at but those that a selector leaves out. */}}
{{- define "reloader.selectsNamespaces" -}}
{{- if and .Values.reloader.watchGlobally .Values.reloader.namespaceSelector }}true{{ end -}}
{{- end -}}

{{- define "reloader.replicas" -}}
{{- $replicas := .Values.reloader.deployment.replicas | int -}}
{{- if .Values.reloader.enableHA }}{{ $replicas }}{{ else }}{{ min $replicas 1 }}{{ end -}}
{{- end -}}
