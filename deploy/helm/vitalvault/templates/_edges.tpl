{{/* What the words of edges.yaml mean in values. Nothing else says who may reach whom. */}}

{{/* `when`: the parts of a release that may be left out. {part: there?} */}}
{{- define "vitalvault.edges.parts" -}}
{{- dict
  "kafka" (eq .Values.kafka.mode "evaluation")
  "postgres" (eq .Values.postgres.mode "evaluation")
  "otel" .Values.otel.enabled
  "test" .Values.helmTest.enabled
| toJson -}}
{{- end -}}

{{/* `outside`: {place: {peers: [NetworkPolicyPeer], ports: [n], udp: also UDP?}}; no peers: the way is closed. */}}
{{- define "vitalvault.edges.places" -}}
{{- $policy := .Values.networkPolicy -}}
{{- $fullname := include "vitalvault.fullname" . -}}
{{- $places := dict
  "dns" (dict "peers" $policy.dns.peers "ports" $policy.dns.ports "udp" true)
  "kubernetes-api" (dict "peers" $policy.apiServer.peers "ports" $policy.apiServer.ports)
-}}
{{- range list "given-kafka" "given-database-of-storage" "given-database-of-policy" "given-database-of-notify" "given-collector" "traces-out" "consortium-p2p" "consortium-ipfs" "consortium-rpc" "webhooks" -}}
{{- $_ := set $places . (dict "peers" list "ports" list) -}}
{{- end -}}
{{- if eq .Values.kafka.mode "external" -}}
{{- $ports := list -}}
{{- range .Values.kafka.external.brokers -}}{{- $ports = append $ports (splitList ":" . | last | int) -}}{{- end -}}
{{- $_ := set $places "given-kafka" (dict "peers" $policy.kafkaPeers "ports" (uniq $ports)) -}}
{{- else if eq .Values.kafka.mode "strimzi" -}}
{{- $labels := dict "strimzi.io/cluster" $fullname "strimzi.io/kind" "Kafka" -}}
{{- $_ := set $places "given-kafka" (dict "peers" (list (dict "podSelector" (dict "matchLabels" $labels))) "ports" (list 9093)) -}}
{{- end -}}
{{- range $service := list "policy" "storage" "notify" -}}
{{- $place := printf "given-database-of-%s" $service -}}
{{- if eq $.Values.postgres.mode "external" -}}
{{- $_ := set $places $place (dict "peers" $policy.postgresPeers "ports" (list (int $.Values.postgres.external.port))) -}}
{{- else if eq $.Values.postgres.mode "cloudnative-pg" -}}
{{- $labels := dict "cnpg.io/cluster" (printf "%s-pg-%s" $fullname $service) -}}
{{- $_ := set $places $place (dict "peers" (list (dict "podSelector" (dict "matchLabels" $labels))) "ports" (list 5432)) -}}
{{- end -}}
{{- end -}}
{{- $url := ternary .Values.otel.export.url .Values.otel.externalUrl .Values.otel.enabled -}}
{{- if $url -}}
{{- $port := regexFind ":[0-9]+(/|$)" $url | trimAll ":/" | default (ternary "443" "80" (hasPrefix "https:" $url)) | int -}}
{{- $_ := set $places (ternary "traces-out" "given-collector" .Values.otel.enabled) (dict "peers" $policy.otlpPeers "ports" (list $port)) -}}
{{- end -}}
{{- if eq .Values.validators.mode "join" -}}
{{- $_ := set $places "consortium-p2p" (dict "peers" $policy.consortiumPeers "ports" $policy.consortiumPorts.p2p) -}}
{{- $_ := set $places "consortium-ipfs" (dict "peers" $policy.consortiumPeers "ports" $policy.consortiumPorts.ipfs) -}}
{{- if .Values.validators.join.ledgerRpc -}}
{{- $_ := set $places "consortium-rpc" (dict "peers" $policy.consortiumPeers "ports" $policy.consortiumPorts.rpc) -}}
{{- end -}}
{{- end -}}
{{- if $policy.notifyEgress.enabled -}}
{{- $world := list (dict "ipBlock" (dict "cidr" "0.0.0.0/0" "except" $policy.notifyEgress.except)) -}}
{{- $_ := set $places "webhooks" (dict "peers" $world "ports" $policy.notifyEgress.ports) -}}
{{- end -}}
{{- toJson $places -}}
{{- end -}}

{{/* `inside`: {who: [NetworkPolicyPeer]}; nobody: the port stays closed. */}}
{{- define "vitalvault.edges.callers" -}}
{{- $policy := .Values.networkPolicy -}}
{{- dict
  "callers" $policy.extraFrom
  "consortium" (ternary $policy.consortiumPeers list (eq .Values.validators.mode "join"))
  "monitoring" (ternary $policy.monitoring list .Values.metrics.enabled)
| toJson -}}
{{- end -}}

{{/* A word that nothing here knows would close a way in silence. */}}
{{- define "vitalvault.edges.check" -}}
{{- $list := .list -}}
{{- $components := list "*" "ingest" "policy" "storage" "notify" "validator" "ipfs" "migrate" "installer" "kafka" "postgres" "otel" "test" -}}
{{- range concat $list.edges $list.outside $list.inside -}}
{{- if and .when (not (hasKey $.parts .when)) -}}{{- fail (printf "edges.yaml: no part of a release is called %s" .when) -}}{{- end -}}
{{- end -}}
{{- range $list.edges -}}
{{- if not (and (has .from $components) (has .to $components)) -}}{{- fail (printf "edges.yaml: %s or %s is no component" .from .to) -}}{{- end -}}
{{- end -}}
{{- range $list.outside -}}
{{- if not (and (has .from $components) (hasKey $.places .to)) -}}{{- fail (printf "edges.yaml: %s is no component, or %s no place" .from .to) -}}{{- end -}}
{{- end -}}
{{- range $list.inside -}}
{{- if not (and (hasKey $.callers .from) (has .to $components)) -}}{{- fail (printf "edges.yaml: %s is nobody, or %s no component" .from .to) -}}{{- end -}}
{{- end -}}
{{- end -}}
