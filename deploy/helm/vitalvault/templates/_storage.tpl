{{/* volumeClaimTemplates with the one claim `data`. Takes {scope, persistence}. Claims outlive the release: Helm does not know them. */}}
{{- define "vitalvault.claim" -}}
volumeClaimTemplates:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: data
      labels: {{- include "vitalvault.selector" .scope | nindent 8 }}
    spec:
      accessModes: {{- toYaml .persistence.accessModes | nindent 8 }}
      {{- with .persistence.storageClass }}
      storageClassName: {{ . | quote }}
      {{- end }}
      resources: {requests: {storage: {{ .persistence.size }}}}
{{- end -}}

{{/* The release's StatefulSets with claims, as a JSON list: {name, value (of the chart, without `.size`), size}. */}}
{{- define "vitalvault.claims" -}}
{{- $fullname := include "vitalvault.fullname" . -}}
{{- $v := .Values -}}
{{- $sets := list (dict "name" (printf "%s-ipfs" $fullname) "value" "ipfs.persistence" "persistence" $v.ipfs.persistence) -}}
{{- range $i := until (include "vitalvault.validatorCount" . | int) -}}
{{- $sets = append $sets (dict "name" (printf "%s-validator-%d" $fullname $i) "value" "validators.persistence" "persistence" $v.validators.persistence) -}}
{{- end -}}
{{- if eq $v.kafka.mode "evaluation" -}}
{{- $sets = append $sets (dict "name" (printf "%s-kafka" $fullname) "value" "kafka.evaluation.persistence" "persistence" $v.kafka.evaluation.persistence) -}}
{{- end -}}
{{- if eq $v.postgres.mode "evaluation" -}}
{{- $sets = append $sets (dict "name" (printf "%s-postgres" $fullname) "value" "postgres.evaluation.persistence" "persistence" $v.postgres.evaluation.persistence) -}}
{{- end -}}
{{- $claims := list -}}
{{- range $sets -}}
{{- if .persistence.enabled -}}{{- $claims = append $claims (dict "name" .name "value" .value "size" .persistence.size) -}}{{- end -}}
{{- end -}}
{{- toJson $claims -}}
{{- end -}}

{{/* A quantity in thousandths of a byte, whichever way it is written: Kubernetes stores 1024Mi as 1Gi. Empty if it cannot be read. */}}
{{- define "vitalvault.milliBytes" -}}
{{- $powers := dict "m" 1 "" 1e3 "k" 1e6 "M" 1e9 "G" 1e12 "T" 1e15 "P" 1e18 "E" 1e21 "Ki" 1024e3 "Mi" 1048576e3 "Gi" 1073741824e3 "Ti" 1099511627776e3 "Pi" 1125899906842624e3 "Ei" 1152921504606846976e3 -}}
{{- $number := regexFind "^[0-9]+([.][0-9]+)?" (toString .) -}}
{{- $suffix := toString . | trimPrefix $number -}}
{{- if and $number (hasKey $powers $suffix) -}}
{{- mulf (float64 $number) (get $powers $suffix) | printf "%.0f" -}}
{{- end -}}
{{- end -}}

{{/* Memory limit of ledger-abci in MiB, rounded down; 0: none, or one that cannot be read. */}}
{{- define "vitalvault.abciLimitMiB" -}}
{{- $limit := include "vitalvault.milliBytes" (dig "limits" "memory" "" .Values.validators.resources.abci) -}}
{{- if $limit -}}{{- divf (float64 $limit) 1048576e3 | floor | printf "%.0f" -}}{{- else -}}0{{- end -}}
{{- end -}}

{{/* What a ledger of the values' capacity needs, {heapMiB, memoryMiB} in JSON, by the figures of libs/genesis. */}}
{{- define "vitalvault.memoryNeed" -}}
{{- $figures := .Files.Get "files/memory.json" | fromJson -}}
{{- $capacity := .Values.validators.capacity -}}
{{- $heap := $figures.heap -}}
{{- $resident := $figures.resident -}}
{{- $live := addf $heap.fixedMiB (divf (addf (mulf $capacity.keys $heap.key) (mulf $capacity.leaves $heap.leaf)) 1048576.0) -}}
{{- $memory := addf $resident.fixedMiB (divf (addf (mulf $capacity.keys $resident.key) (mulf $capacity.leaves $resident.leaf)) 1048576.0) -}}
{{- dict "heapMiB" (mulf $live $heap.share | ceil) "memoryMiB" (ceil $memory) | toJson -}}
{{- end -}}

{{- define "vitalvault.doubleSignCheckHeight" -}}
{{- $given := .Values.validators.doubleSignCheckHeight -}}
{{- if kindIs "invalid" $given -}}
{{- ternary 2 0 (eq .Values.validators.mode "join") -}}
{{- else -}}{{- int $given -}}{{- end -}}
{{- end -}}
