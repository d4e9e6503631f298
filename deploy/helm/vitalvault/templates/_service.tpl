{{/*
Deployment, Services (HTTP, and a headless one of gRPC), PodDisruptionBudget and HorizontalPodAutoscaler of one of the four services.
Takes {root, name, keys: {variable: role}, genesis, database, grpc, ledger, env}.
*/}}
{{- define "vitalvault.service" -}}
{{- $root := .root -}}
{{- $name := .name -}}
{{- $values := index $root.Values.services $name -}}
{{- $fullname := printf "%s-%s" (include "vitalvault.fullname" $root) $name -}}
{{- $scope := dict "root" $root "component" $name "service" $name -}}
{{- $hpa := and (hasKey $values "hpa") $values.hpa.enabled -}}
{{- $drainMs := int $root.Values.services.drainMs -}}
{{- $closeMs := int $root.Values.services.closeMs -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $fullname }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "vitalvault.labels" $scope | nindent 4 }}
spec:
  {{- if not $hpa }}
  replicas: {{ $values.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  selector:
    matchLabels: {{- include "vitalvault.selector" $scope | nindent 6 }}
  template:
    metadata:
      labels: {{- include "vitalvault.podLabels" (merge (dict "labels" $values.podLabels) $scope) | nindent 8 }}
      {{- with $values.podAnnotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
    spec: {{- include "vitalvault.pod" (dict "root" $root "component" $name "spec" $values "spread" true "serviceAccount" $values.serviceAccount) | nindent 6 }}
      # Serving goes on for drainMs after SIGTERM, then open requests have closeMs.
      terminationGracePeriodSeconds: {{ add 5 (div (add $drainMs $closeMs 999) 1000) }}
      {{- include "vitalvault.service.waits" . | nindent 6 }}
      containers:
        - name: {{ $name }}
          {{- include "vitalvault.container" (dict "root" $root "image" "app") | nindent 10 }}
          command: [node, '--max-old-space-size={{ $values.heapMiB }}', '--max-semi-space-size=8', apps/{{ $name }}/dist/main.js]
          env:
            - {name: VITALVAULT_HOST, value: 0.0.0.0}
            - {name: VITALVAULT_HTTP_PORT, value: '8080'}
            {{- if .grpc }}
            - {name: VITALVAULT_GRPC_PORT, value: '9090'}
            {{- end }}
            - {name: VITALVAULT_MANAGEMENT_HOST, value: 0.0.0.0}
            - {name: VITALVAULT_MANAGEMENT_PORT, value: '8081'}
            {{- include "vitalvault.service.env" . | nindent 12 }}
          ports:
            - {name: http, containerPort: 8080}
            - {name: management, containerPort: 8081}
            {{- if .grpc }}
            - {name: grpc, containerPort: 9090}
            {{- end }}
          startupProbe: {httpGet: {path: /startz, port: management}, periodSeconds: 2, failureThreshold: 90}
          livenessProbe: {httpGet: {path: /livez, port: management}, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6}
          readinessProbe: {httpGet: {path: /readyz, port: management}, periodSeconds: 3, timeoutSeconds: 5, failureThreshold: 2}
          resources: {{- toYaml $values.resources | nindent 12 }}
          volumeMounts:
            {{- include "vitalvault.tmpMount" . | nindent 12 }}
            {{- include "vitalvault.service.mounts" . | nindent 12 }}
      volumes:
        {{- include "vitalvault.tmpVolume" . | nindent 8 }}
        {{- include "vitalvault.service.volumes" . | nindent 8 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $fullname }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "vitalvault.labels" $scope | nindent 4 }}
  {{- with $values.service.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ $values.service.type }}
  selector: {{- include "vitalvault.selector" $scope | nindent 4 }}
  ports:
    - {name: http, port: 8080, targetPort: http}
{{- if .grpc }}
---
# Headless: the name has the address of every pod that is ready, and the clients share their calls among them.
apiVersion: v1
kind: Service
metadata:
  name: {{ $fullname }}-grpc
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "vitalvault.labels" $scope | nindent 4 }}
spec:
  clusterIP: None
  selector: {{- include "vitalvault.selector" $scope | nindent 4 }}
  ports:
    - {name: grpc, port: 9090, targetPort: grpc, appProtocol: kubernetes.io/h2c}
{{- end }}
{{- if and $values.pdb.enabled (or $hpa (gt (int $values.replicas) 1)) }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $fullname }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "vitalvault.labels" $scope | nindent 4 }}
spec:
  minAvailable: {{ $values.pdb.minAvailable }}
  selector:
    matchLabels: {{- include "vitalvault.selector" $scope | nindent 6 }}
{{- end }}
{{- if $hpa }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $fullname }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "vitalvault.labels" $scope | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ $fullname }}}
  minReplicas: {{ $values.hpa.minReplicas }}
  maxReplicas: {{ $values.hpa.maxReplicas }}
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: {{ $values.hpa.targetCpuPercent }}}}
{{- end }}
{{- end -}}

{{/* What a pod waits for before its first container starts: what would only make it fail and be restarted. */}}
{{- define "vitalvault.service.waits" -}}
{{- $root := .root -}}
{{- $needsKafka := ne $root.Values.kafka.mode "external" -}}
{{- if or .database $needsKafka -}}
initContainers:
  {{- if $needsKafka }}
  - name: wait
    {{- include "vitalvault.container" (dict "root" $root "image" "app") | nindent 4 }}
    command: [node, apps/installer/dist/main.js, wait, --tcp, {{ include "vitalvault.kafka.brokers" $root | quote }}]
    resources: {{- toYaml $root.Values.installer.resources | nindent 6 }}
    volumeMounts:
      {{- include "vitalvault.tmpMount" . | nindent 6 }}
  {{- end }}
  {{- if .database }}
  - name: migrated
    {{- include "vitalvault.container" (dict "root" $root "image" "app") | nindent 4 }}
    command: [node, apps/installer/dist/main.js, migrated, --service, {{ .name }}]
    env:
      {{- include "vitalvault.databaseEnv" (dict "root" $root "service" .name) | nindent 6 }}
    resources: {{- toYaml $root.Values.installer.resources | nindent 6 }}
    volumeMounts:
      {{- include "vitalvault.tmpMount" . | nindent 6 }}
      - {name: database, mountPath: /database, readOnly: true}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "vitalvault.service.env" -}}
{{- $root := .root -}}
{{- $values := index $root.Values.services .name -}}
{{- if .genesis -}}
- {name: VITALVAULT_GENESIS_FILE, value: /genesis/genesis.json}
- name: VITALVAULT_CHAIN_ID
  valueFrom: {configMapKeyRef: {name: {{ include "vitalvault.consortium" $root }}, key: chain-id}}
{{ end -}}
- name: VITALVAULT_ORGANISATION
  valueFrom: {configMapKeyRef: {name: {{ include "vitalvault.consortium" $root }}, key: organisation}}
- {name: VITALVAULT_OTLP_URL, value: {{ include "vitalvault.otlpUrl" $root | quote }}}
- {name: VITALVAULT_DRAIN_MS, value: {{ $root.Values.services.drainMs | int | quote }}}
- {name: VITALVAULT_CLOSE_MS, value: {{ $root.Values.services.closeMs | int | quote }}}
{{- if .ledger }}
- {name: VITALVAULT_LEDGER_RPC, value: {{ include "vitalvault.ledgerRpc" $root | quote }}}
{{- end }}
{{ include "vitalvault.kafkaEnv" (dict "root" $root "service" .name) }}
{{- if .database }}
{{ include "vitalvault.databaseEnv" (dict "root" $root "service" .name) }}
{{- end }}
{{- range $variable, $role := .keys }}
- {name: VITALVAULT_{{ $variable }}, value: /keys/{{ $role }}/key.json}
{{- end }}
{{- range $variable, $value := .env }}
- {name: VITALVAULT_{{ $variable }}, value: {{ $value | quote }}}
{{- end }}
{{- range $setting, $value := $values.config }}
- {name: VITALVAULT_{{ $setting | snakecase | upper }}, value: {{ include "vitalvault.text" $value | quote }}}
{{- end }}
- {name: NODE_ENV, value: production}
{{- with $values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* A value as text; a whole number never in exponent form, which Helm gives to large ones. */}}
{{- define "vitalvault.text" -}}
{{- if kindIs "float64" . -}}{{- if eq (floor .) . -}}{{- int64 . -}}{{- else -}}{{- . -}}{{- end -}}{{- else -}}{{- . -}}{{- end -}}
{{- end -}}

{{- define "vitalvault.service.mounts" -}}
{{- $root := .root -}}
{{- $values := index $root.Values.services .name -}}
{{- if .genesis -}}
- {name: genesis, mountPath: /genesis, readOnly: true}
{{ end -}}
{{- range $variable, $role := .keys }}
- {name: key-{{ $role }}, mountPath: /keys/{{ $role }}, readOnly: true}
{{- end }}
{{- if .database }}
- {name: database, mountPath: /database, readOnly: true}
{{- end }}
{{- if include "vitalvault.kafkaVolume" (dict "root" $root "service" .name) }}
- {name: kafka, mountPath: /kafka, readOnly: true}
{{- end }}
{{- with $values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "vitalvault.service.volumes" -}}
{{- $root := .root -}}
{{- $values := index $root.Values.services .name -}}
{{- if .genesis -}}
{{ include "vitalvault.genesisVolume" $root }}
{{- end }}
{{- range $variable, $role := .keys }}
- name: key-{{ $role }}
  secret: {secretName: {{ include "vitalvault.roleSecret" (dict "root" $root "role" $role) }}, defaultMode: 0440}
{{- end }}
{{- if .database }}
{{ include "vitalvault.databaseVolume" (dict "root" $root "service" .name) }}
{{- end }}
{{- with include "vitalvault.kafkaVolume" (dict "root" $root "service" .name) }}
{{ . }}
{{- end }}
{{- with $values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "vitalvault.genesisVolume" -}}
- name: genesis
  configMap: {name: {{ include "vitalvault.consortium" . }}, items: [{key: genesis.json, path: genesis.json}]}
{{- end -}}
