{{- /*
The image: its digest, if there is one, else its tag, else the chart's version.
*/}}
{{- define "metainit.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.Version }}
{{- end -}}
{{- end -}}
{{- end }}

{{- /*
The labels of every object, except the policies of the hold.
*/}}
{{- define "metainit.labels" -}}
app.kubernetes.io/instance: {{ .Values.name | quote }}
app.kubernetes.io/name: metainit
app.kubernetes.io/part-of: cdk8s-multisite
{{- end }}

{{- /*
The label that selects the pods.
*/}}
{{- define "metainit.selector" -}}
cdk8s.io/metadata.addr: {{ .Values.name | quote }}
{{- end }}

{{- /*
The rules of a Role or a ClusterRole.
*/}}
{{- define "metainit.rules" -}}
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch, patch]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end }}

{{- /*
The subjects of a binding.
*/}}
{{- define "metainit.subjects" -}}
- kind: ServiceAccount
  name: {{ .Values.name | quote }}
  namespace: {{ .Release.Namespace | quote }}
{{- end }}

{{- /*
The name of the policy that adds the gate, and the beginning of the other policies' names.
*/}}
{{- define "metainit.hold-name" -}}
{{ .Values.hold.name | default (.Values.hold.gate | replace "/" "-") }}
{{- end }}

{{- /*
The version of the API of MutatingAdmissionPolicy.
*/}}
{{- define "metainit.mutating-version" -}}
{{ semverCompare ">=1.36-0" .Capabilities.KubeVersion.Version | ternary "v1" "v1beta1" }}
{{- end }}

{{- /*
The namespaces whose pods are held: those that are selected, except kube-system and the namespace of the release.
*/}}
{{- define "metainit.held-namespaces" -}}
{{- $selector := .Values.hold.namespaceSelector | default dict -}}
{{- with $selector.matchLabels -}}
matchLabels:
  {{- toYaml . | nindent 2 }}
{{ end -}}
matchExpressions:
  {{- with $selector.matchExpressions }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  - key: kubernetes.io/metadata.name
    operator: NotIn
    values:
      {{- list "kube-system" .Release.Namespace | uniq | toYaml | nindent 6 }}
{{- end }}

{{- /*
The user name of a subject that is no group.
*/}}
{{- define "metainit.user-name" -}}
{{- if eq .kind "ServiceAccount" -}}
system:serviceaccount:{{ .namespace }}:{{ .name }}
{{- else -}}
{{ .name }}
{{- end -}}
{{- end }}

{{- /*
A CEL expression: whether one of these users or subjects sends the request.
*/}}
{{- define "metainit.is-sent-by" -}}
{{- $users := list -}}
{{- $groups := list -}}
{{- range .users -}}
{{- $users = append $users (toRawJson .) -}}
{{- end -}}
{{- range .subjects -}}
{{- if eq .kind "Group" -}}
{{- $groups = append $groups (toRawJson .name) -}}
{{- else -}}
{{- $users = append $users (include "metainit.user-name" . | toRawJson) -}}
{{- end -}}
{{- end -}}
request.userInfo.username in [{{ join ", " $users }}]
{{- if $groups }} || request.userInfo.?groups.orValue([]).exists(group, group in [{{ join ", " $groups }}]){{ end -}}
{{- end }}

{{- /*
These users and subjects, for a message.
*/}}
{{- define "metainit.in-words" -}}
{{- $users := .users -}}
{{- $groups := list -}}
{{- range .subjects -}}
{{- if eq .kind "Group" -}}
{{- $groups = append $groups (print "group " .name) -}}
{{- else -}}
{{- $users = append $users (include "metainit.user-name" .) -}}
{{- end -}}
{{- end -}}
{{- concat $users $groups | join ", " | default "nobody" -}}
{{- end }}

{{- /*
Who may remove the gate: metainit, and the subjects of hold.mayRemoveGate.
*/}}
{{- define "metainit.may-remove-gate" -}}
{{- $metainit := printf "system:serviceaccount:%s:%s" .Release.Namespace .Values.name -}}
{{- dict "users" (list $metainit) "subjects" .Values.hold.mayRemoveGate | toJson -}}
{{- end }}

{{- /*
A CEL expression: the pod or the pod template in an object. Empty if the object has none.
*/}}
{{- define "metainit.template-of" -}}
{{ . }}.kind == "Pod" ? {{ . }} : ({{ . }}.kind == "CronJob" ? {{ . }}.?spec.?jobTemplate.?spec.?template : {{ . }}.kind == "PodTemplate" ? {{ . }}.?template : {{ . }}.kind == "ControllerRevision" ? {{ . }}.?data.?spec.?template : {{ . }}.?spec.?template).orValue({})
{{- end }}
