{{/* Topics of libs/kafka-bus with their retention in milliseconds. */}}
{{- define "vitalvault.topics" -}}
vv.records.accepted.v1: {{ .Values.services.ingest.config.acceptedRetentionMs | default 604800000 | int64 }}
vv.ledger.events.v1: -1
vv.alerts.v1: 604800000
{{- end -}}
