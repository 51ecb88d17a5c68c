package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

const manager = "controller"

// releaser removes the scheduling gates of the pods in its queue.
type releaser struct {
	client   kubernetes.Interface
	pods     listers.PodLister
	queue    workqueue.TypedRateLimitingInterface[cache.ObjectName]
	instance string
}

func newReleaser(client kubernetes.Interface, pods listers.PodLister) *releaser {
	limiter := workqueue.DefaultTypedControllerRateLimiter[cache.ObjectName]()
	instance, _ := os.Hostname()
	return &releaser{client, pods, workqueue.NewTypedRateLimitingQueue(limiter), instance}
}

func (r *releaser) handler() cache.ResourceEventHandler {
	add := func(object any) {
		if pod, ok := object.(*corev1.Pod); ok && isHeld(pod) {
			r.queue.Add(cache.MetaObjectToName(pod))
		}
	}
	return cache.ResourceEventHandlerFuncs{AddFunc: add, UpdateFunc: func(_, pod any) { add(pod) }}
}

func (r *releaser) work(ctx context.Context) {
	for {
		key, shutdown := r.queue.Get()
		if shutdown {
			return
		}
		if err := r.release(ctx, key); err != nil {
			log.Printf("cannot release pod %s: %v", key, err)
			r.queue.AddRateLimited(key)
		} else {
			r.queue.Forget(key)
		}
		r.queue.Done(key)
	}
}

func (r *releaser) release(ctx context.Context, key cache.ObjectName) error {
	pod, err := r.pods.Pods(key.Namespace).Get(key.Name)
	if errors.IsNotFound(err) || (err == nil && !isHeld(pod)) {
		return nil
	}
	if err != nil {
		return err
	}
	patch, err := patchOf(pod)
	if err != nil {
		return err
	}
	options := metav1.PatchOptions{FieldManager: manager}
	_, err = r.client.CoreV1().Pods(key.Namespace).Patch(ctx, key.Name, types.StrategicMergePatchType, patch, options)
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.record(ctx, pod)
}

// record logs a release, and creates the Event of it.
func (r *releaser) record(ctx context.Context, pod *corev1.Pod) error {
	now := metav1.Now()
	message := fmt.Sprintf("removed %s from pod %s/%s, which was held for %.1f s",
		strings.Join(gatesOf(pod), ", "), pod.Namespace, pod.Name, time.Since(pod.CreationTimestamp.Time).Seconds())
	event := &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: fmt.Sprintf("%s.%s", pod.UID, manager)},
		InvolvedObject: corev1.ObjectReference{
			APIVersion: "v1", Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID,
		},
		Type:                corev1.EventTypeNormal,
		Reason:              "Released",
		Action:              "Release",
		Message:             message,
		Source:              corev1.EventSource{Component: manager, Host: r.instance},
		ReportingController: manager,
		ReportingInstance:   r.instance,
		FirstTimestamp:      now,
		LastTimestamp:       now,
		Count:               1,
	}
	_, err := r.client.CoreV1().Events(pod.Namespace).Create(ctx, event, metav1.CreateOptions{FieldManager: manager})
	if err != nil && !errors.IsAlreadyExists(err) {
		return err
	}
	log.Print(message)
	return nil
}

func isHeld(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp == nil && len(pod.Spec.SchedulingGates) > 0
}

func gatesOf(pod *corev1.Pod) []string {
	var gates []string
	for _, gate := range pod.Spec.SchedulingGates {
		gates = append(gates, gate.Name)
	}
	return gates
}

// patchOf is the same patch that metainit sends.
func patchOf(pod *corev1.Pod) ([]byte, error) {
	var gates []map[string]string
	for _, gate := range gatesOf(pod) {
		gates = append(gates, map[string]string{"$patch": "delete", "name": gate})
	}
	return json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": pod.UID},
		"spec":     map[string]any{"schedulingGates": gates},
	})
}
