{{/* Addresses of this release's IPFS peers, then those of other hospitals; JSON list of {kubo, cluster}. */}}
{{- define "vitalvault.plan.ipfs" -}}
{{- $peers := list -}}
{{- $ipfs := printf "%s-ipfs" (include "vitalvault.fullname" .) -}}
{{- range $i := until (int .Values.ipfs.peers) -}}
{{- $host := printf "%s-%d.%s" $ipfs $i $ipfs -}}
{{- $peers = append $peers (dict "kubo" (printf "/dns4/%s/tcp/4001" $host) "cluster" (printf "/dns4/%s/tcp/9096" $host)) -}}
{{- end -}}
{{- toJson $peers -}}
{{- end -}}

{{/* The plan of `installer identities`: what must exist before the first pod starts. */}}
{{- define "vitalvault.plan" -}}
{{- $root := . -}}
{{- $v := .Values.validators -}}
{{- $fullname := include "vitalvault.fullname" . -}}
{{- $local := eq $v.mode "local" -}}
{{- $roles := list "admin" "sponsor" "ingest" "storage" "policy" "release" -}}
{{- $names := list .Values.organisation.name -}}
{{- if $local -}}{{- $names = concat $names $v.local.otherOrganisations -}}{{- end -}}
{{- $organisations := list -}}
{{- range $o, $name := $names -}}
{{- $secrets := dict -}}
{{- range $role := $roles -}}
{{- if eq $o 0 -}}
{{- $_ := set $secrets $role (include "vitalvault.roleSecret" (dict "root" $root "role" $role)) -}}
{{- else -}}
{{- $_ := set $secrets $role (printf "%s-org%d-key-%s" $fullname $o $role) -}}
{{- end -}}
{{- end -}}
{{- $organisations = append $organisations (dict "name" $name "secrets" $secrets) -}}
{{- end -}}
{{- $validators := list -}}
{{- range $i := until (include "vitalvault.validatorCount" . | int) -}}
{{- $validators = append $validators (dict "organisation" (mod $i (len $names)) "secret" (include "vitalvault.validatorSecret" (dict "root" $root "i" $i)) "address" (ternary (printf "%s-validator-%d:26656" $fullname $i) $v.join.externalAddress (or $local (empty $v.join.externalAddress)))) -}}
{{- end -}}
{{- $passwords := list -}}
{{- if eq .Values.postgres.mode "evaluation" -}}
{{- range list "policy" "storage" "notify" -}}
{{- $passwords = append $passwords (dict "secret" (include "vitalvault.postgres.secret" (dict "root" $root "service" .)) "key" "password") -}}
{{- end -}}
{{- end -}}
{{- $claims := dict "ledger" list "ipfs" list -}}
{{- if $v.persistence.enabled -}}
{{- range $i := until (include "vitalvault.validatorCount" . | int) -}}
{{- $_ := set $claims "ledger" (append $claims.ledger (printf "data-%s-validator-%d-0" $fullname $i)) -}}
{{- end -}}
{{- end -}}
{{- if .Values.ipfs.persistence.enabled -}}
{{- range $i := until (int .Values.ipfs.peers) -}}
{{- $_ := set $claims "ipfs" (append $claims.ipfs (printf "data-%s-ipfs-%d" $fullname $i)) -}}
{{- end -}}
{{- end -}}
{{- $plan := dict "chainId" .Values.chainId "mode" $v.mode "ownOrganisation" 0 "organisations" $organisations "validators" $validators
  "ipfs" (dict "secret" (include "vitalvault.secret" (dict "root" . "given" .Values.ipfs.existingSecret "suffix" "ipfs-identities")) "peers" (include "vitalvault.plan.ipfs" . | fromJsonArray))
  "capacity" (dict "keys" (int64 $v.capacity.keys) "leaves" (int64 $v.capacity.leaves))
  "memory" (dict "heapMiB" (int64 $v.heapMiB) "limitMiB" (include "vitalvault.abciLimitMiB" . | int64))
  "stores" $claims
  "passwords" $passwords "configMap" (include "vitalvault.consortium" .) "labels" (include "vitalvault.plan.labels" . | fromYaml)
  "annotations" (include "vitalvault.plan.annotations" . | fromYaml) -}}
{{- if not $local -}}
{{- if $v.join.genesis -}}{{- $_ := set $plan "genesis" $v.join.genesis -}}{{- end -}}
{{- end -}}
{{- toPrettyJson $plan -}}
{{- end -}}

{{/*
Labels of keys and genesis. Not app.kubernetes.io/instance: by that one Argo CD may track, and would prune what is in no manifest.
*/}}
{{- define "vitalvault.plan.labels" -}}
{{- $own := dict "app.kubernetes.io/name" (include "vitalvault.name" .) "app.kubernetes.io/component" "identity" "app.kubernetes.io/part-of" "vitalvault" "vitalvault.dev/release" .Release.Name -}}
{{- merge $own .Values.commonLabels | toYaml -}}
{{- end -}}

{{/* Nothing that tidies up takes them: Helm, Argo CD, Flux. */}}
{{- define "vitalvault.plan.annotations" -}}
helm.sh/resource-policy: keep
argocd.argoproj.io/sync-options: Prune=false,Delete=false
kustomize.toolkit.fluxcd.io/prune: disabled
{{- end -}}

{{/* By what kubectl finds them. */}}
{{- define "vitalvault.plan.selector" -}}
vitalvault.dev/release={{ .Release.Name }},app.kubernetes.io/component=identity
{{- end -}}

{{/* Names of all Secrets of the plan, as a JSON list. */}}
{{- define "vitalvault.plan.secrets" -}}
{{- $plan := include "vitalvault.plan" . | fromJson -}}
{{- $names := list $plan.ipfs.secret -}}
{{- range $plan.organisations -}}{{- $names = concat $names (values .secrets | sortAlpha) -}}{{- end -}}
{{- range concat $plan.validators $plan.passwords -}}{{- $names = append $names .secret -}}{{- end -}}
{{- toJson $names -}}
{{- end -}}
