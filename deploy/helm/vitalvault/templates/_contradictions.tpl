{{/*
Values that each fit the schema and do not fit together, by kind: JSON lists of sentences. templates/validation.yaml says all of them
at once, before anything is installed.
*/}}

{{/* What a pod asks for, may have, and its program is told to take. Each {path, resources, heapMiB, soft: {name, value}}. */}}
{{- define "vitalvault.contradictions.resources" -}}
{{- $v := .Values -}}
{{- $cnpg := index $v.postgres "cloudnative-pg" -}}
{{- $all := list
  (dict "path" "installer.resources" "resources" $v.installer.resources)
  (dict "path" "validators.resources.abci" "resources" $v.validators.resources.abci "heap" "validators.heapMiB" "heapMiB" $v.validators.heapMiB)
  (dict "path" "validators.resources.cometbft" "resources" $v.validators.resources.cometbft "soft" "validators.cometbftMemoryLimit" "value" $v.validators.cometbftMemoryLimit)
  (dict "path" "ipfs.resources.kubo" "resources" $v.ipfs.resources.kubo "soft" "ipfs.memoryLimits.kubo" "value" $v.ipfs.memoryLimits.kubo)
  (dict "path" "ipfs.resources.cluster" "resources" $v.ipfs.resources.cluster "soft" "ipfs.memoryLimits.cluster" "value" $v.ipfs.memoryLimits.cluster)
  (dict "path" "kafka.strimzi.resources" "resources" $v.kafka.strimzi.resources)
  (dict "path" "kafka.evaluation.resources" "resources" $v.kafka.evaluation.resources "heap" "kafka.evaluation.heapMiB" "heapMiB" $v.kafka.evaluation.heapMiB)
  (dict "path" "postgres.cloudnative-pg.resources" "resources" $cnpg.resources)
  (dict "path" "postgres.evaluation.resources" "resources" $v.postgres.evaluation.resources)
  (dict "path" "otel.resources" "resources" $v.otel.resources "soft" "What the Collector takes at the most" "value" "96MiB")
  (dict "path" "helmTest.resources" "resources" $v.helmTest.resources)
-}}
{{- range $service := list "ingest" "policy" "storage" "notify" -}}
{{- $own := index $v.services $service -}}
{{- $all = append $all (dict "path" (printf "services.%s.resources" $service) "resources" $own.resources "heap" (printf "services.%s.heapMiB" $service) "heapMiB" $own.heapMiB) -}}
{{- end -}}
{{- $faults := list -}}
{{- range $one := $all -}}
{{- $limits := $one.resources.limits | default dict -}}
{{- range $name, $asked := $one.resources.requests -}}
{{- $request := include "vitalvault.milliBytes" $asked -}}
{{- $limit := include "vitalvault.milliBytes" (get $limits $name) -}}
{{- if and $request $limit (gt (float64 $request) (float64 $limit)) -}}
{{- $faults = append $faults (printf "%s.requests.%s is %v, above its limit of %v: Kubernetes refuses such a pod." $one.path $name $asked (get $limits $name)) -}}
{{- end -}}
{{- end -}}
{{- with include "vitalvault.milliBytes" (get $limits "memory") -}}
{{- $limitMiB := divf (float64 .) 1048576e3 -}}
{{- if and $one.heap (gt (float64 $one.heapMiB) (mulf $limitMiB 0.75)) -}}
{{- $faults = append $faults (printf "%s is %v, more than three quarters of %s.limits.memory (%v): the program needs the rest beside its heap, and is ended without it." $one.heap $one.heapMiB $one.path $limits.memory) -}}
{{- end -}}
{{- if $one.soft -}}
{{- $softMiB := divf (include "vitalvault.milliBytes" ($one.value | trimSuffix "B") | float64) 1048576e3 -}}
{{- if gt $softMiB (mulf $limitMiB 0.9) -}}
{{- $faults = append $faults (printf "%s is %s, more than nine tenths of %s.limits.memory (%v): it has an effect below that only." $one.soft $one.value $one.path $limits.memory) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* How many pods of a service there are, must be, and may be. */}}
{{- define "vitalvault.contradictions.replicas" -}}
{{- $faults := list -}}
{{- range $service := list "ingest" "policy" "storage" "notify" -}}
{{- $own := index $.Values.services $service -}}
{{- $hpa := and (hasKey $own "hpa") $own.hpa.enabled -}}
{{- $least := int $own.replicas -}}
{{- if $hpa -}}
{{- $least = int $own.hpa.minReplicas -}}
{{- if gt $least (int $own.hpa.maxReplicas) -}}
{{- $faults = append $faults (printf "services.%s.hpa.minReplicas is above its maxReplicas." $service) -}}
{{- end -}}
{{- end -}}
{{- if and $hpa (not (dig "requests" "cpu" "" $own.resources)) -}}
{{- $faults = append $faults (printf "services.%s.hpa.enabled needs services.%s.resources.requests.cpu: it is what the percentage is of, and without it nothing is ever scaled." $service $service) -}}
{{- end -}}
{{- if and $own.pdb.enabled (or $hpa (gt $least 1)) -}}
{{- $kept := $own.pdb.minAvailable -}}
{{- $held := int $kept -}}
{{- if kindIs "string" $kept -}}{{- $held = divf (mulf ($kept | trimSuffix "%" | float64) $least) 100.0 | ceil | int -}}{{- end -}}
{{- if ge $held $least -}}
{{- $faults = append $faults (printf "services.%s.pdb.minAvailable is %v, and there may be %d pods: no node with one of them could ever be drained." $service $kept $least) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* What a user adds to the pods of a service, beside what the chart puts there. */}}
{{- define "vitalvault.contradictions.extras" -}}
{{- $faults := list -}}
{{- range $service := list "ingest" "policy" "storage" "notify" -}}
{{- $own := index $.Values.services $service -}}
{{- $names := list "tmp" "genesis" "database" "kafka" -}}
{{- range $own.extraVolumes -}}
{{- if or (has .name $names) (hasPrefix "key-" .name) -}}
{{- $faults = append $faults (printf "services.%s.extraVolumes: a volume called %s is there already." $service .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- $paths := list "/tmp" "/genesis" "/database" "/kafka" -}}
{{- range $own.extraVolumeMounts -}}
{{- $path := .mountPath | trimSuffix "/" -}}
{{- if or (has $path $paths) (hasPrefix "/keys" $path) -}}
{{- $faults = append $faults (printf "services.%s.extraVolumeMounts: something is mounted at %s already." $service .mountPath) -}}
{{- end -}}
{{- $paths = append $paths $path -}}
{{- if not (has .name $names) -}}
{{- $faults = append $faults (printf "services.%s.extraVolumeMounts: no volume is called %s." $service .name) -}}
{{- end -}}
{{- end -}}
{{- range $own.extraEnv -}}
{{- if hasPrefix "VITALVAULT_" .name -}}
{{- $faults = append $faults (printf "services.%s.extraEnv: %s is a setting. Give it in services.%s.config, where it is checked." $service .name $service) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $.Values.validators.extraEnv -}}
{{- if hasPrefix "VITALVAULT_" .name -}}
{{- $faults = append $faults (printf "validators.extraEnv: %s is a setting. Give it in validators.config, where it is checked." .name) -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* Under which names the release is reached. */}}
{{- define "vitalvault.contradictions.names" -}}
{{- $v := .Values -}}
{{- $faults := list -}}
{{- $fullname := include "vitalvault.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) -}}
{{- $faults = append $faults (printf "Objects would be called %s-…, which no Service may be called: small letters, digits and -, first a letter. Give fullnameOverride." $fullname) -}}
{{- end -}}
{{- range $door := list "ingress" "httpRoute" -}}
{{- $own := index $v $door -}}
{{- if $own.enabled -}}
{{- $hosts := compact (values $own.hosts) -}}
{{- if not $hosts -}}
{{- $faults = append $faults (printf "%s.enabled needs a host at the least: %s.hosts.ingest, .policy, .storage or .notify. Without any it leads nowhere." $door $door) -}}
{{- end -}}
{{- if ne (len $hosts) (len (uniq $hosts)) -}}
{{- $faults = append $faults (printf "%s.hosts names one host for two services: each needs its own." $door) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $v.validators.expose.nodePort (eq $v.validators.expose.type "ClusterIP") -}}
{{- $faults = append $faults "validators.expose.nodePort has no effect with validators.expose.type ClusterIP." -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* Whose ledger it is, and what that asks of the rest. */}}
{{- define "vitalvault.contradictions.ledger" -}}
{{- $v := .Values -}}
{{- $faults := list -}}
{{- if eq $v.validators.mode "local" -}}
{{- if and (not $v.evaluation) (or (ne $v.kafka.mode "evaluation") (ne $v.postgres.mode "evaluation")) -}}
{{- $faults = append $faults "validators.mode is local, and Kafka or PostgreSQL is no evaluation one: this hospital alone would hold the ledger, and its genesis makes that so for ever. For real patients take validators.mode=join (docs/operations/install.md, Joining a consortium); to try these engines, evaluation=true." -}}
{{- end -}}
{{- range $name, $value := $v.validators.join -}}
{{- if $value -}}
{{- $faults = append $faults (printf "validators.join.%s has no effect with validators.mode local." $name) -}}
{{- end -}}
{{- end -}}
{{- else if not $v.validators.persistence.enabled -}}
{{- $faults = append $faults "validators.persistence.enabled is false in mode join: after a restart this hospital's validator would not know what it has signed, and sign it again." -}}
{{- end -}}
{{- with $v.kafka.external -}}
{{- if and (eq $v.kafka.mode "external") .sasl.mechanism (not .tls.enabled) -}}
{{- $faults = append $faults (printf "kafka.external.sasl.mechanism is %s and kafka.external.tls.enabled is false: who listens could take the connection over. Turn TLS on." .sasl.mechanism) -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* Whether what the release tells can be heard. */}}
{{- define "vitalvault.contradictions.seeing" -}}
{{- $v := .Values -}}
{{- $faults := list -}}
{{- $scraped := and $v.metrics.enabled (or $v.metrics.podMonitor $v.metrics.serviceMonitor) (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1") -}}
{{- if and $scraped $v.networkPolicy.enabled (not $v.networkPolicy.monitoring) -}}
{{- $faults = append $faults "networkPolicy.monitoring is empty, so Prometheus could scrape nothing, and would say of every program that it is down. Give its pods, as [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}], or turn metrics.enabled or networkPolicy.enabled off." -}}
{{- end -}}
{{- $unit := regexFind "[a-z]+$" $v.metrics.interval -}}
{{- $seconds := mulf (regexFind "^[0-9]+" $v.metrics.interval) (get (dict "ms" 0.001 "s" 1.0 "m" 60.0) $unit) -}}
{{- if and $v.metrics.enabled $v.metrics.rules.enabled (or (gt $seconds 120.0) (lt $seconds 1.0)) -}}
{{- $faults = append $faults (printf "metrics.interval is %s: alerts look at what changed within five minutes, and need two values of it. Take 1s to 2m." $v.metrics.interval) -}}
{{- end -}}
{{- if $v.otel.enabled -}}
{{- with include "vitalvault.milliBytes" $v.otel.fileSizeLimit -}}
{{- if lt (float64 .) 838860800e3 -}}
{{- $faults = append $faults (printf "otel.fileSizeLimit is %v, and the Collector's files take 800Mi: its pod would be evicted, again and again." $v.otel.fileSizeLimit) -}}
{{- end -}}
{{- end -}}
{{- with $v.otel.export -}}
{{- if and (or .tls.existingSecret .tls.clientSecret) (not (hasPrefix "https:" .url)) -}}
{{- $faults = append $faults "otel.export.tls has an effect only with an otel.export.url that is https." -}}
{{- end -}}
{{- if and .headers (not .url) -}}
{{- $faults = append $faults "otel.export.headers has no effect while otel.export.url is empty." -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}
