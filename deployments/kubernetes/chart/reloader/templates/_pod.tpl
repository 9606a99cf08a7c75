{{/* Where the pod runs, as whom, and with how much. Every definition is YAML of a map. */}}

{{- define "reloader.podPlacement" -}}
{{- $deployment := .Values.reloader.deployment -}}
{{- $placement := dict -}}
{{- range $field := list "nodeSelector" "tolerations" "dnsConfig" "priorityClassName" "runtimeClassName" "schedulerName" -}}
{{- with get $deployment $field }}{{- $_ := set $placement $field . }}{{- end -}}
{{- end -}}
{{- $selector := dict "matchLabels" (include "reloader.selectorLabels" . | fromYaml) -}}
{{- $spread := list -}}
{{- range $deployment.topologySpreadConstraints }}{{- $spread = append $spread (merge dict . (dict "labelSelector" $selector)) }}{{- end -}}
{{- with $spread }}{{- $_ := set $placement "topologySpreadConstraints" . }}{{- end -}}
{{- if $deployment.affinity }}{{- $_ := set $placement "affinity" $deployment.affinity }}
{{- else if .Values.reloader.enableHA }}
{{- $term := dict "weight" 100 "podAffinityTerm" (dict "topologyKey" "kubernetes.io/hostname" "labelSelector" $selector) -}}
{{- $_ := set $placement "affinity" (dict "podAntiAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (list $term))) -}}
{{- end -}}
{{- with $placement }}{{ toYaml . }}{{ end -}}
{{- end -}}

{{/* OpenShift gives every namespace users of its own, so the default one would be refused there. */}}
{{- define "reloader.podSecurityContext" -}}
{{- $context := .Values.reloader.deployment.securityContext | default dict -}}
{{- if and .Values.reloader.isOpenshift (eq (get $context "runAsUser" | toString) "65534") }}{{- $context = omit $context "runAsUser" }}{{- end -}}
{{- toYaml $context -}}
{{- end -}}

{{- define "reloader.containerSecurityContext" -}}
{{- $context := .Values.reloader.deployment.containerSecurityContext | default dict -}}
{{- if .Values.reloader.readOnlyRootFileSystem }}{{- $context = merge (dict "readOnlyRootFilesystem" true) $context }}{{- end -}}
{{- toYaml $context -}}
{{- end -}}

{{/* The numbers of a probe: (dict ...) of those that differ. */}}
{{- define "reloader.probe" -}}
{{- toYaml (merge . (dict "timeoutSeconds" 5 "failureThreshold" 5 "successThreshold" 1)) -}}
{{- end -}}

{{/* Measured: 55 MiB at rest, 72 MiB at most with ten thousand ConfigMaps of 10 KB. */}}
{{- define "reloader.resources" -}}
requests:
  cpu: 10m
  memory: 96Mi
limits:
  memory: 256Mi
{{- end -}}
