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

{{- /*
The labels of every object.
*/}}
{{- define "cloudify-manager.labels" -}}
app.kubernetes.io/instance: {{ .Values.name | quote }}
app.kubernetes.io/name: cloudify-manager
app.kubernetes.io/part-of: cdk8s-multisite
{{- end }}

{{- /*
The kind of the object with the kubeconfig in lower case, as in --configmap and --secret.
*/}}
{{- define "cloudify-manager.kubeconfig-kind" -}}
{{ lower .Values.kubeconfig.kind }}
{{- end }}

{{- /*
What the init container and the refresher have in common.
*/}}
{{- define "cloudify-manager.multisite-init" -}}
image: {{ include "cloudify-manager.image" (dict "image" .Values.init.image "defaultTag" .Chart.Version) | quote }}
imagePullPolicy: IfNotPresent
command:
  - multisite-init
volumeMounts:
  - name: multisite-init-token
    mountPath: /var/run/secrets/kubernetes.io/serviceaccount
    readOnly: true
{{ include "cloudify-manager.small-container" . }}
{{- end }}

{{- /*
Their arguments. Kubernetes expands $(NAME) there, and reads $$ as $.
*/}}
{{- define "cloudify-manager.multisite-init-args" -}}
- {{ printf "--namespace=%s" .Release.Namespace | quote }}
- {{ printf "--location=%s" .Values.location | replace "$" "$$" | quote }}
- {{ printf "--user=%s" .Values.user | replace "$" "$$" | quote }}
{{- $kind := include "cloudify-manager.kubeconfig-kind" . }}
- --{{ $kind }}=multisite-kubeconfig-{{ $kind }}
- --key=kubeconfig
- --token-source=request
- --service-account={{ .Values.name }}-site
{{- end }}

{{- /*
Resources, and a security context that Pod Security "restricted" admits, for every container but Cloudify Manager.
*/}}
{{- define "cloudify-manager.small-container" -}}
resources:
  requests:
    cpu: 10m
    memory: 64Mi
  limits:
    memory: 128Mi
securityContext:
  allowPrivilegeEscalation: false
  capabilities:
    drop:
      - ALL
  privileged: false
  readOnlyRootFilesystem: true
  runAsGroup: 65532
  runAsNonRoot: true
  runAsUser: 65532
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- /*
A token of the pod's ServiceAccount with what a client needs beside it.
*/}}
{{- define "cloudify-manager.token-volume" -}}
projected:
  sources:
    - serviceAccountToken:
        # Not 3600: the API server extends a token of this life to a year.
        expirationSeconds: 3607
        path: token
    - configMap:
        name: kube-root-ca.crt
        items:
          - key: ca.crt
            path: ca.crt
    - downwardAPI:
        items:
          - path: namespace
            fieldRef:
              fieldPath: metadata.namespace
{{- end }}

{{- /*
What both pods of the chart have in common.
*/}}
{{- define "cloudify-manager.pod" -}}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
dnsPolicy: ClusterFirst
hostNetwork: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  fsGroupChangePolicy: Always
  runAsNonRoot: true
setHostnameAsFQDN: false
terminationGracePeriodSeconds: 30
{{- end }}
