{{/* The flags of the program, and its environment. */}}

{{/* A list item where the value is not empty: (list flag value) */}}
{{- define "reloader.argument" -}}
{{- $value := index . 1 -}}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) }}
- {{ printf "--%s=%v" (index . 0) $value | quote }}
{{- end -}}
{{- end -}}

{{/* A list item where the value is true. */}}
{{- define "reloader.switch" -}}
{{- if index . 1 }}
- --{{ index . 0 }}=true
{{- end -}}
{{- end -}}

{{- define "reloader.arguments" -}}
{{- $r := .Values.reloader -}}
{{- include "reloader.scopeArguments" . -}}
{{- include "reloader.switch" (list "auto-reload-all" $r.autoReloadAll) -}}
{{- include "reloader.switch" (list "reload-on-create" $r.reloadOnCreate) -}}
{{- include "reloader.switch" (list "reload-on-delete" $r.reloadOnDelete) -}}
{{- include "reloader.switch" (list "sync-after-restart" $r.syncAfterRestart) -}}
{{- include "reloader.switch" (list "image-pull-secrets" $r.imagePullSecrets) -}}
{{- include "reloader.switch" (list "is-Argo-Rollouts" $r.isArgoRollouts) -}}
{{- include "reloader.switch" (list "enable-csi-integration" $r.enableCSIIntegration) -}}
{{- include "reloader.switch" (list "enable-ha" $r.enableHA) -}}
{{- include "reloader.switch" (list "enable-pprof" $r.enablePProf) -}}
{{- if $r.enablePProf }}{{ include "reloader.argument" (list "pprof-addr" $r.pprofAddr) }}{{ end -}}
{{- include "reloader.switch" (list "dry-run" $r.dryRun) -}}
{{- if ne (default "default" $r.reloadStrategy) "default" }}{{ include "reloader.argument" (list "reload-strategy" $r.reloadStrategy) }}{{ end -}}
{{- include "reloader.argument" (list "webhook-url" $r.webhookUrl) -}}
{{- include "reloader.argument" (list "log-format" $r.logFormat) -}}
{{- include "reloader.argument" (list "log-level" $r.logLevel) -}}
{{- include "reloader.ownArguments" . -}}
{{- include "reloader.annotationArguments" . -}}
{{- with $r.deployment.extraArgs }}
{{ toYaml . }}
{{- end -}}
{{- end -}}

{{- define "reloader.scopeArguments" -}}
{{- $r := .Values.reloader -}}
{{- include "reloader.argument" (list "namespaces" (include "reloader.namespaces" . | fromJsonArray | join ",")) -}}
{{- if $r.watchGlobally -}}
{{- include "reloader.argument" (list "namespaces-to-ignore" (include "reloader.joined" $r.ignoreNamespaces)) -}}
{{- include "reloader.argument" (list "namespace-selector" (include "reloader.joined" $r.namespaceSelector)) -}}
{{- end -}}
{{- include "reloader.argument" (list "resource-label-selector" (include "reloader.joined" $r.resourceLabelSelector)) -}}
{{- $_ := include "reloader.configTypes" . -}}
{{- if $r.ignoreSecrets }}{{ include "reloader.argument" (list "resources-to-ignore" "secrets") }}{{ end -}}
{{- if $r.ignoreConfigMaps }}{{ include "reloader.argument" (list "resources-to-ignore" "configmaps") }}{{ end -}}
{{- $kinds := list -}}
{{- if $r.ignoreJobs }}{{- $kinds = append $kinds "jobs" }}{{- end -}}
{{- if $r.ignoreCronJobs }}{{- $kinds = append $kinds "cronjobs" }}{{- end -}}
{{- include "reloader.argument" (list "ignored-workload-types" (join "," $kinds)) -}}
{{- end -}}

{{/* Text separated by commas; a list of its parts will do. */}}
{{- define "reloader.joined" -}}
{{- if kindIs "slice" . }}{{ join "," . }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{/* What Stakater's Reloader does not have is said only where it differs from the program's own default. */}}
{{- define "reloader.ownArguments" -}}
{{- $r := .Values.reloader -}}
{{- if eq (toString $r.keyLevel) "false" }}
- --key-level=false
{{- end -}}
{{- include "reloader.switch" (list "rerun-finished-jobs" $r.rerunFinishedJobs) -}}
{{- include "reloader.argument" (list "compat" (include "reloader.joined" $r.compat)) -}}
{{- $election := $r.leaderElection | default dict -}}
{{- $defaults := dict "adopt" "heal" "cronjob-strategy" "run-now" "settle" "500ms" "settle-max" "5s" "settle-release" "5s" "settle-release-max" "15s" "workers" "32" "leader-elect-lease-duration" "15s" "leader-elect-renew-deadline" "10s" "leader-elect-retry-period" "2s" -}}
{{- $given := dict "adopt" $r.adopt "cronjob-strategy" $r.cronJobStrategy "settle" $r.settle "settle-max" $r.settleMax "settle-release" $r.settleRelease "settle-release-max" $r.settleReleaseMax "workers" $r.workers "leader-elect-lease-duration" $election.leaseDuration "leader-elect-renew-deadline" $election.renewDeadline "leader-elect-retry-period" $election.retryPeriod -}}
{{- range $flag, $value := $given -}}
{{- if ne (toString $value) (get $defaults $flag) }}{{ include "reloader.argument" (list $flag $value) }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "reloader.annotationArguments" -}}
{{- $flags := dict "configmap" "configmap-annotation" "secret" "secret-annotation" "auto" "auto-annotation" "secret_auto" "secret-auto-annotation" "configmap_auto" "configmap-auto-annotation" "search" "auto-search-annotation" "match" "search-match-annotation" "ignore" "ignore-annotation" "pausePeriod" "pause-deployment-annotation" "pauseTime" "pause-deployment-time-annotation" -}}
{{- $given := .Values.reloader.custom_annotations | default dict -}}
{{- range $key, $flag := $flags }}{{ include "reloader.argument" (list $flag (get $given $key)) }}{{ end -}}
{{- end -}}

{{- define "reloader.environment" -}}
{{- $ := . -}}
{{- $r := .Values.reloader -}}
{{- $fields := dict "RELOADER_NAMESPACE" "metadata.namespace" -}}
{{- if and (not $r.watchGlobally) (eq (include "reloader.namespaces" .) "[]") }}{{- $_ := set $fields "KUBERNETES_NAMESPACE" "metadata.namespace" }}{{- end -}}
{{- if $r.enableHA }}{{- $_ := merge $fields (dict "POD_NAME" "metadata.name" "POD_NAMESPACE" "metadata.namespace") }}{{- end -}}
{{- $fields = merge $fields ($r.deployment.env.field | default dict) -}}
- name: RELOADER_DEPLOYMENT_NAME
  value: {{ include "reloader.fullname" . | quote }}
{{- range $name, $path := $fields }}
- name: {{ $name }}
  valueFrom: {fieldRef: {fieldPath: {{ $path }}}}
{{- end }}
{{- if $r.enableMetricsByNamespace }}
- name: METRICS_COUNT_BY_NAMESPACE
  value: enabled
{{- end }}
{{- range $name, $value := $r.deployment.env.open }}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- range $name, $value := $r.deployment.env.secret }}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) }}
- name: {{ $name }}
  valueFrom: {secretKeyRef: {name: {{ include "reloader.fullname" $ }}, key: {{ $name }}}}
{{- end }}
{{- end }}
{{- range $secret, $variables := $r.deployment.env.existing }}
{{- range $name, $key := $variables }}
- name: {{ $name }}
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ $key }}}}
{{- end }}
{{- end }}
{{- end -}}

{{/* The variables that go into the Secret, as JSON. */}}
{{- define "reloader.secretVariables" -}}
{{- $kept := dict -}}
{{- range $name, $value := .Values.reloader.deployment.env.secret }}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) }}{{- $_ := set $kept $name (toString $value) }}{{- end }}
{{- end -}}
{{- toJson $kept -}}
{{- end -}}
