{{/* What ServiceMonitor and PodMonitor have in common: (dict "root" $ "values" ... "endpoint" (dict)) */}}

{{- define "reloader.monitorMetadata" -}}
{{- include "reloader.metadata" (dict "root" .root "suffix" "" "namespace" .values.namespace "labels" .values.labels "annotations" .values.annotations) -}}
{{- end -}}

{{- define "reloader.monitorSpec" -}}
{{- $values := .values -}}
{{- $endpoint := merge .endpoint (dict "path" "/metrics" "honorLabels" ($values.honorLabels | default false)) -}}
{{- range $field := list "interval" "scheme" "tlsConfig" "relabelings" "metricRelabelings" "bearerTokenFile" "bearerTokenSecret" -}}
{{- with get $values $field }}{{- $_ := set $endpoint $field . }}{{- end -}}
{{- end -}}
{{- with $values.timeout }}{{- $_ := set $endpoint "scrapeTimeout" . }}{{- end -}}
jobLabel: app.kubernetes.io/name
namespaceSelector:
  matchNames: [{{ include "reloader.namespace" .root }}]
selector:
  matchLabels:
    {{- include "reloader.selectorLabels" .root | nindent 4 }}
{{- range $field := list "targetLabels" "podTargetLabels" }}
{{- with get $values $field }}
{{ $field }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{ .endpoints }}:
  - {{ toYaml $endpoint | nindent 4 | trim }}
{{- end -}}
