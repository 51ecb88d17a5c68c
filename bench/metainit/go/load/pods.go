package main

import (
	"encoding/json"
	"fmt"
)

const namePrefix = "p"

func podsPath(order order) string {
	return fmt.Sprintf("/api/v1/namespaces/%s/pods", order.Namespace)
}

// podBodies returns pods of the usual size. All have a gate. Every other pod, beginning with the first one, has the label.
func podBodies(order order) []string {
	bodies := make([]string, order.Pods)
	for index := range bodies {
		labels := map[string]string{"app": "web", "pod-template-hash": "7d4b9c6f5d"}
		if index%2 == 0 {
			labels[order.Label] = ""
		}
		body, _ := json.Marshal(map[string]any{
			"apiVersion": "v1",
			"kind":       "Pod",
			"metadata":   map[string]any{"name": fmt.Sprintf("%s%d", namePrefix, index), "labels": labels},
			"spec": map[string]any{
				"automountServiceAccountToken": false,
				"schedulingGates":              []any{map[string]any{"name": "example.com/hold"}},
				"containers":                   []any{container()},
			},
		})
		bodies[index] = string(body)
	}
	return bodies
}

func container() map[string]any {
	var env []any
	for index := range 8 {
		env = append(env, map[string]any{"name": fmt.Sprintf("VAR_%d", index), "value": fmt.Sprintf("value-%d", index)})
	}
	probe := func(path string) any {
		return map[string]any{"httpGet": map[string]any{"path": path, "port": 8080}}
	}
	return map[string]any{
		"name":  "web",
		"image": "registry.example.com/team/web:1.2.3",
		"env":   env,
		"ports": []any{map[string]any{"containerPort": 8080, "name": "http"}},
		"resources": map[string]any{
			"requests": map[string]any{"cpu": "100m", "memory": "128Mi"},
			"limits":   map[string]any{"memory": "256Mi"},
		},
		"livenessProbe":  probe("/healthz"),
		"readinessProbe": probe("/readyz"),
		"securityContext": map[string]any{
			"runAsNonRoot":             true,
			"allowPrivilegeEscalation": false,
			"capabilities":             map[string]any{"drop": []any{"ALL"}},
		},
	}
}
