{{- define "vitalvault.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/*
Prefix of every object. At most 36 characters, so that the longest suffix still gives a valid name of a Job, and what is cut off
is replaced by a hash: two long release names in one namespace stay apart.
*/}}
{{- define "vitalvault.fullname" -}}
{{- $name := .Values.fullnameOverride -}}
{{- if not $name -}}
{{- $chart := include "vitalvault.name" . -}}
{{- $name = ternary .Release.Name (printf "%s-%s" .Release.Name $chart) (contains $chart .Release.Name) -}}
{{- end -}}
{{- if gt (len $name) 36 -}}
{{- printf "%s-%s" ($name | trunc 27 | trimSuffix "-") (sha256sum $name | trunc 8) -}}
{{- else -}}
{{- $name -}}
{{- end -}}
{{- end -}}

{{/* What a pod is chosen by; never changes between versions. Takes {root, component}. */}}
{{- define "vitalvault.selector" -}}
app.kubernetes.io/name: {{ include "vitalvault.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of an object. Takes {root, component}. */}}
{{- define "vitalvault.labels" -}}
{{ include "vitalvault.selector" . }}
app.kubernetes.io/part-of: vitalvault
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name (.root.Chart.Version | replace "+" "_") }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of a pod: no version, so that a new chart alone restarts nothing. Takes {root, component, labels}. */}}
{{- define "vitalvault.podLabels" -}}
{{- $fixed := include "vitalvault.selector" . | fromYaml -}}
{{- $_ := set $fixed "app.kubernetes.io/part-of" "vitalvault" -}}
{{- toYaml (mergeOverwrite (dict) .root.Values.commonLabels (.labels | default dict) $fixed) -}}
{{- end -}}

{{/* Takes {root, image}; image is a key of .Values.images. A digest wins over a tag. */}}
{{- define "vitalvault.image" -}}
{{- $image := index .root.Values.images .image -}}
{{- $registry := .root.Values.global.imageRegistry -}}
{{- $name := $image.repository -}}
{{- if $registry -}}{{- $name = printf "%s/%s" ($registry | trimSuffix "/") $name -}}{{- end -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name ($image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* Image, pull policy and security context, of every container. Takes {root, image}. */}}
{{- define "vitalvault.container" -}}
image: {{ include "vitalvault.image" . | quote }}
imagePullPolicy: {{ .root.Values.global.imagePullPolicy }}
securityContext: {{- toYaml .root.Values.securityContext | nindent 2 }}
{{- end -}}

{{- define "vitalvault.openshift" -}}
{{- if eq (toString .Values.openshift) "auto" -}}
{{- if .Capabilities.APIVersions.Has "security.openshift.io/v1" -}}true{{- end -}}
{{- else if eq (toString .Values.openshift) "true" -}}true{{- end -}}
{{- end -}}

{{/* What every pod has. Takes {root, component, spec}, spec being the values of the component. */}}
{{- define "vitalvault.pod" -}}
{{- $spec := .spec | default dict -}}
serviceAccountName: {{ .serviceAccount | default (include "vitalvault.serviceAccount" .root) }}
automountServiceAccountToken: {{ .apiAccess | default false }}
enableServiceLinks: false
{{- with .root.Values.global.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- $context := deepCopy .root.Values.podSecurityContext }}
{{- if include "vitalvault.openshift" .root }}{{- $context = omit $context "fsGroup" "runAsUser" "runAsGroup" }}{{- end }}
securityContext: {{- toYaml $context | nindent 2 }}
{{- with $spec.priorityClassName | default .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $spec.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $spec.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $spec.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .spread }}
topologySpreadConstraints:
{{- with $spec.topologySpreadConstraints }}
{{ toYaml . | indent 2 }}
{{- else }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "vitalvault.selector" . | nindent 8 }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "vitalvault.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "vitalvault.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* /tmp, the only place outside of its volumes that a process may write to. */}}
{{- define "vitalvault.tmpVolume" -}}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- end -}}
{{- define "vitalvault.tmpMount" -}}
- {name: tmp, mountPath: /tmp}
{{- end -}}

{{/* Name of a Secret: the one given, else ours. Takes {root, given, suffix}. */}}
{{- define "vitalvault.secret" -}}
{{- .given | default (printf "%s-%s" (include "vitalvault.fullname" .root) .suffix) -}}
{{- end -}}

{{- define "vitalvault.consortium" -}}
{{- .Values.organisation.existingConfigMap | default (printf "%s-consortium" (include "vitalvault.fullname" .)) -}}
{{- end -}}

{{/* Name of the Secret of a role's key of this hospital. Takes {root, role}. */}}
{{- define "vitalvault.roleSecret" -}}
{{- include "vitalvault.secret" (dict "root" .root "given" (index .root.Values.organisation.existingSecrets .role) "suffix" (printf "key-%s" .role)) -}}
{{- end -}}

{{/* Name of the Secret of validator i. Takes {root, i}. */}}
{{- define "vitalvault.validatorSecret" -}}
{{- $given := "" -}}
{{- if lt .i (len .root.Values.validators.existingSecrets) -}}{{- $given = index .root.Values.validators.existingSecrets .i -}}{{- end -}}
{{- include "vitalvault.secret" (dict "root" .root "given" $given "suffix" (printf "validator-%d-key" .i)) -}}
{{- end -}}

{{- define "vitalvault.validatorCount" -}}
{{- if eq .Values.validators.mode "join" -}}1{{- else -}}{{- .Values.validators.count -}}{{- end -}}
{{- end -}}

{{/*
CometBFT's persistent_peers of validator i. In mode local the installer knows the node ids of the others; in mode join the
values name them, so that an upgrade can change them.
*/}}
{{- define "vitalvault.peers" -}}
{{- if eq .root.Values.validators.mode "join" -}}
value: {{ join "," .root.Values.validators.join.persistentPeers | quote }}
{{- else -}}
valueFrom: {configMapKeyRef: {name: {{ include "vitalvault.consortium" .root }}, key: peers-{{ .i }}}}
{{- end -}}
{{- end -}}

{{/* Whether a hook restarts the validators after an upgrade: several of them, and Kubernetes would restart all at once. */}}
{{- define "vitalvault.restartsOneByOne" -}}
{{- if and (eq .Values.validators.updateStrategy "OneByOne") (gt (include "vitalvault.validatorCount" . | int) 1) -}}true{{- end -}}
{{- end -}}
