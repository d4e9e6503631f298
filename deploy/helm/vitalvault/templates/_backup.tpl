{{/* Identities that the values name, as kubectl takes them: `configmap/x secret/y`. They may lack the labels of those that the installer makes. */}}
{{- define "vitalvault.backup.named" -}}
{{- $v := .Values -}}
{{- $names := list -}}
{{- with $v.organisation.existingConfigMap -}}{{- $names = append $names (printf "configmap/%s" .) -}}{{- end -}}
{{- range concat (values $v.organisation.existingSecrets | sortAlpha) $v.validators.existingSecrets (list $v.ipfs.existingSecret) -}}
{{- with . -}}{{- $names = append $names (printf "secret/%s" .) -}}{{- end -}}
{{- end -}}
{{- uniq $names | join " " -}}
{{- end -}}
