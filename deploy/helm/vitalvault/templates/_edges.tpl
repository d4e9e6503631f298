{{/*
Who may open a connection to whom: {from, to, ports}, by component. Every NetworkPolicy of the release is made from this list; both ends
get it. deploy/helm/edges.yaml says the same independently, and a test compares it with what the rendered policies allow.
*/}}
{{- define "vitalvault.edges" -}}
- {from: ingest, to: policy, ports: [9090]}
- {from: ingest, to: storage, ports: [9090]}
- {from: policy, to: notify, ports: [9090]}
- {from: policy, to: validator, ports: [26657]}
- {from: storage, to: policy, ports: [9090]}
- {from: storage, to: validator, ports: [26657]}
- {from: storage, to: ipfs, ports: [8082, 9094]}
- {from: validator, to: validator, ports: [26656]}
- {from: ipfs, to: ipfs, ports: [4001, 9096]}
{{- range list "ingest" "policy" "storage" "notify" }}
{{- if eq $.Values.kafka.mode "evaluation" }}
- {from: {{ . }}, to: kafka, ports: [9092]}
{{- end }}
{{- if $.Values.otel.enabled }}
- {from: {{ . }}, to: otel, ports: [4318]}
{{- end }}
{{- if $.Values.helmTest.enabled }}
- {from: test, to: {{ . }}, ports: [8080]}
{{- end }}
{{- end }}
{{- if .Values.otel.enabled }}
- {from: validator, to: otel, ports: [4318]}
{{- end }}
{{- if eq .Values.postgres.mode "evaluation" }}
{{- range list "policy" "storage" "notify" "migrate" }}
- {from: {{ . }}, to: postgres, ports: [5432]}
{{- end }}
{{- end }}
{{- if .Values.helmTest.enabled }}
- {from: test, to: validator, ports: [26657]}
{{- end }}
{{- end -}}

{{/* Ways out of the release: {component: [{to, ports}]}; `to` is a list of NetworkPolicyPeers. */}}
{{- define "vitalvault.edges.out" -}}
{{- $policy := .Values.networkPolicy -}}
{{- $fullname := include "vitalvault.fullname" . -}}
{{- $out := dict -}}
{{- range list "ingest" "policy" "storage" "notify" "migrate" "validator" "ipfs" "installer" "test" -}}{{- $_ := set $out . list -}}{{- end -}}
{{- $users := list "ingest" "policy" "storage" "notify" -}}
{{- if eq .Values.kafka.mode "external" -}}
{{- $ports := list -}}
{{- range .Values.kafka.external.brokers -}}{{- $ports = append $ports (splitList ":" . | last | int) -}}{{- end -}}
{{- range $users -}}{{- $_ := set $out . (append (get $out .) (dict "to" $policy.kafkaPeers "ports" (uniq $ports))) -}}{{- end -}}
{{- else if eq .Values.kafka.mode "strimzi" -}}
{{- $brokers := list (dict "podSelector" (dict "matchLabels" (dict "strimzi.io/cluster" $fullname "strimzi.io/kind" "Kafka"))) -}}
{{- range $users -}}{{- $_ := set $out . (append (get $out .) (dict "to" $brokers "ports" (list 9093))) -}}{{- end -}}
{{- end -}}
{{- range $service := list "policy" "storage" "notify" -}}
{{- $peers := list -}}{{- $port := 5432 -}}
{{- if eq $.Values.postgres.mode "external" -}}
{{- $peers = $policy.postgresPeers -}}{{- $port = int $.Values.postgres.external.port -}}
{{- else if eq $.Values.postgres.mode "cloudnative-pg" -}}
{{- $peers = list (dict "podSelector" (dict "matchLabels" (dict "cnpg.io/cluster" (printf "%s-pg-%s" $fullname $service)))) -}}
{{- end -}}
{{- if $peers -}}
{{- $edge := dict "to" $peers "ports" (list $port) -}}
{{- $_ := set $out $service (append (get $out $service) $edge) -}}
{{- $_ := set $out "migrate" (append (get $out "migrate") $edge) -}}
{{- end -}}
{{- end -}}
{{- if eq .Values.validators.mode "join" -}}
{{- with $policy.consortiumPeers -}}
{{- $_ := set $out "validator" (append (get $out "validator") (dict "to" . "ports" $policy.consortiumPorts.p2p)) -}}
{{- $_ := set $out "ipfs" (append (get $out "ipfs") (dict "to" . "ports" $policy.consortiumPorts.ipfs)) -}}
{{- if $.Values.validators.join.ledgerRpc -}}
{{- range list "policy" "storage" -}}{{- $_ := set $out . (append (get $out .) (dict "to" $policy.consortiumPeers "ports" $policy.consortiumPorts.rpc)) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (not .Values.otel.enabled) $policy.otlpPeers -}}
{{- $port := regexFind ":[0-9]+(/|$)" .Values.otel.externalUrl | trimAll ":/" | default (ternary "443" "80" (hasPrefix "https:" .Values.otel.externalUrl)) | int -}}
{{- range append $users "validator" -}}{{- $_ := set $out . (append (get $out .) (dict "to" $policy.otlpPeers "ports" (list $port))) -}}{{- end -}}
{{- end -}}
{{- if $policy.notifyEgress.enabled -}}
{{- $world := list (dict "ipBlock" (dict "cidr" "0.0.0.0/0" "except" $policy.notifyEgress.except)) -}}
{{- $_ := set $out "notify" (append (get $out "notify") (dict "to" $world "ports" $policy.notifyEgress.ports)) -}}
{{- end -}}
{{- $_ := set $out "installer" (list (dict "to" $policy.apiServer.peers "ports" $policy.apiServer.ports)) -}}
{{- toJson $out -}}
{{- end -}}
