{{- /*
An image: its digest, if there is one, else its tag, else the default one.
*/}}
{{- define "cloudify-manager.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .defaultTag }}
{{- end -}}
{{- end }}
