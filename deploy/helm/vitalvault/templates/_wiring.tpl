{{/* Where the parts find each other. Everything that depends on a mode of Kafka or PostgreSQL is decided here. */}}

{{- define "vitalvault.kafka.brokers" -}}
{{- $mode := .Values.kafka.mode -}}
{{- if eq $mode "external" -}}
{{- join "," .Values.kafka.external.brokers -}}
{{- else if eq $mode "strimzi" -}}
{{- include "vitalvault.fullname" . }}-kafka-bootstrap:9093
{{- else -}}
{{- include "vitalvault.fullname" . }}-kafka:9092
{{- end -}}
{{- end -}}

{{/* How a service gets on to Kafka: {tls, caSecret, caKey, mechanism, username, passwordSecret, passwordKey}. Takes {root, service}. */}}
{{- define "vitalvault.kafka.access" -}}
{{- $mode := .root.Values.kafka.mode -}}
{{- $external := .root.Values.kafka.external -}}
{{- $fullname := include "vitalvault.fullname" .root -}}
{{- if eq $mode "external" -}}
tls: {{ $external.tls.enabled }}
caSecret: {{ $external.tls.existingSecret | quote }}
caKey: {{ $external.tls.key }}
{{- with $external.sasl }}
mechanism: {{ .mechanism | quote }}
{{- $own := index .users $.service }}
username: {{ $own.username | default .username | quote }}
passwordSecret: {{ $own.existingSecret | default .existingSecret | quote }}
passwordKey: {{ .key }}
{{- end }}
{{- else if eq $mode "strimzi" -}}
tls: true
caSecret: {{ $fullname }}-cluster-ca-cert
caKey: ca.crt
mechanism: scram-sha-512
username: {{ $fullname }}-kafka-{{ .service }}
passwordSecret: {{ $fullname }}-kafka-{{ .service }}
passwordKey: password
{{- else -}}
tls: false
caSecret: ""
mechanism: ""
passwordSecret: ""
{{- end }}
{{- end -}}

{{/* How a service gets at its database: {host, port, name, user, passwordSecret, passwordKey, caSecret, caKey}. Takes {root, service}. */}}
{{- define "vitalvault.database" -}}
{{- $mode := .root.Values.postgres.mode -}}
{{- $external := .root.Values.postgres.external -}}
{{- $fullname := include "vitalvault.fullname" .root -}}
{{- if eq $mode "external" -}}
{{- $own := index $external.databases .service -}}
host: {{ $external.host | quote }}
port: {{ $external.port }}
name: {{ $own.name }}
user: {{ $own.user }}
passwordSecret: {{ $own.existingSecret | quote }}
passwordKey: {{ $own.key }}
caSecret: {{ $external.tls.existingSecret | quote }}
caKey: {{ $external.tls.key }}
{{- else if eq $mode "cloudnative-pg" -}}
host: {{ $fullname }}-pg-{{ .service }}-rw
port: 5432
name: vv_{{ .service }}
user: vv_{{ .service }}
passwordSecret: {{ $fullname }}-pg-{{ .service }}-app
passwordKey: password
caSecret: {{ $fullname }}-pg-{{ .service }}-ca
caKey: ca.crt
{{- else -}}
host: {{ $fullname }}-postgres
port: 5432
name: vv_{{ .service }}
user: vv_{{ .service }}
passwordSecret: {{ include "vitalvault.postgres.secret" . }}
passwordKey: password
caSecret: ""
{{- end }}
{{- end -}}

{{- define "vitalvault.postgres.secret" -}}
{{- include "vitalvault.secret" (dict "root" .root "given" (index .root.Values.postgres.evaluation.existingSecrets .service) "suffix" (printf "postgres-%s" .service)) -}}
{{- end -}}

{{- define "vitalvault.otlpUrl" -}}
{{- if .Values.otel.enabled -}}http://{{ include "vitalvault.fullname" . }}-otel:4318{{- else -}}{{ .Values.otel.externalUrl }}{{- end -}}
{{- end -}}

{{/* RPC of every validator whose RPC this release may ask: the own one first. */}}
{{- define "vitalvault.ledgerRpc" -}}
{{- $urls := list -}}
{{- $fullname := include "vitalvault.fullname" . -}}
{{- range $i := until (include "vitalvault.validatorCount" . | int) -}}
{{- $urls = append $urls (printf "http://%s-validator-%d:26657" $fullname $i) -}}
{{- end -}}
{{- if eq .Values.validators.mode "join" -}}{{- $urls = concat $urls .Values.validators.join.ledgerRpc -}}{{- end -}}
{{- join "," $urls -}}
{{- end -}}

{{/* URLs of every IPFS peer of this release on a port. Takes {root, port}. */}}
{{- define "vitalvault.ipfsUrls" -}}
{{- $urls := list -}}
{{- $ipfs := printf "%s-ipfs" (include "vitalvault.fullname" .root) -}}
{{- range $i := until (int .root.Values.ipfs.peers) -}}
{{- $urls = append $urls (printf "http://%s-%d.%s:%v" $ipfs $i $ipfs $.port) -}}
{{- end -}}
{{- join "," $urls -}}
{{- end -}}

{{/* DATABASE_… of a service. Takes {root, service}. */}}
{{- define "vitalvault.databaseEnv" -}}
{{- $db := include "vitalvault.database" . | fromYaml -}}
- {name: VITALVAULT_DATABASE_URL, value: {{ printf "postgres://%s@%s:%v/%s" $db.user $db.host $db.port $db.name | quote }}}
- {name: VITALVAULT_DATABASE_PASSWORD_FILE, value: /database/password}
{{- if $db.caSecret }}
- {name: VITALVAULT_DATABASE_CA_FILE, value: /database/ca.crt}
{{- end }}
{{- end -}}
{{- define "vitalvault.databaseVolume" -}}
{{- $db := include "vitalvault.database" . | fromYaml -}}
- name: database
  projected:
    defaultMode: 0440
    sources:
      - secret: {name: {{ $db.passwordSecret | quote }}, items: [{key: {{ $db.passwordKey }}, path: password}]}
      {{- if $db.caSecret }}
      - secret: {name: {{ $db.caSecret | quote }}, items: [{key: {{ $db.caKey }}, path: ca.crt}]}
      {{- end }}
{{- end -}}

{{/* KAFKA_… of a service. Takes {root, service}. */}}
{{- define "vitalvault.kafkaEnv" -}}
{{- $access := include "vitalvault.kafka.access" . | fromYaml -}}
- {name: VITALVAULT_KAFKA_BROKERS, value: {{ include "vitalvault.kafka.brokers" .root | quote }}}
{{- if $access.tls }}
- {name: VITALVAULT_KAFKA_TLS, value: 'true'}
{{- end }}
{{- if $access.caSecret }}
- {name: VITALVAULT_KAFKA_CA_FILE, value: /kafka/ca.crt}
{{- end }}
{{- if $access.mechanism }}
- {name: VITALVAULT_KAFKA_SASL_MECHANISM, value: {{ $access.mechanism }}}
- {name: VITALVAULT_KAFKA_USERNAME, value: {{ $access.username | quote }}}
- {name: VITALVAULT_KAFKA_PASSWORD_FILE, value: /kafka/password}
{{- end }}
{{- end -}}
{{- define "vitalvault.kafkaVolume" -}}
{{- $access := include "vitalvault.kafka.access" . | fromYaml -}}
{{- if or $access.caSecret $access.passwordSecret -}}
- name: kafka
  projected:
    defaultMode: 0440
    sources:
      {{- if $access.caSecret }}
      - secret: {name: {{ $access.caSecret | quote }}, items: [{key: {{ $access.caKey }}, path: ca.crt}]}
      {{- end }}
      {{- if $access.passwordSecret }}
      - secret: {name: {{ $access.passwordSecret | quote }}, items: [{key: {{ $access.passwordKey }}, path: password}]}
      {{- end }}
{{- end -}}
{{- end -}}
