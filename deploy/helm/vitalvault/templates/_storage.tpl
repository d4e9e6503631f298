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

{{- define "vitalvault.doubleSignCheckHeight" -}}
{{- $given := .Values.validators.doubleSignCheckHeight -}}
{{- if kindIs "invalid" $given -}}
{{- ternary 2 0 (eq .Values.validators.mode "join") -}}
{{- else -}}{{- int $given -}}{{- end -}}
{{- end -}}
