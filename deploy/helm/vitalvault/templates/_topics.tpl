{{/* Topics of libs/kafka-bus with their retention in milliseconds. */}}
{{- define "vitalvault.topics" -}}
vv.records.accepted.v1: {{ .Values.services.ingest.config.acceptedRetentionMs | default 604800000 | int64 }}
vv.ledger.events.v1: -1
vv.alerts.v1: 604800000
{{- end -}}

{{/* What the Kafka user of each service may write and read: TOPIC_USERS of libs/contracts, which tools/check-chart.ts compares. */}}
{{- define "vitalvault.topicRights" -}}
ingest: {write: [vv.records.accepted.v1], read: [vv.ledger.events.v1]}
policy: {write: [vv.ledger.events.v1, vv.alerts.v1], read: []}
storage: {write: [vv.records.accepted.v1, vv.alerts.v1], read: [vv.records.accepted.v1]}
notify: {write: [vv.ledger.events.v1, vv.alerts.v1], read: [vv.ledger.events.v1, vv.alerts.v1]}
{{- end -}}
