// Command controller does what metainit does, in the way of a usual Go controller: an informer, a rate-limited queue,
// 16 workers. The bench compares metainit with it.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

const workers = 16

func main() {
	tuned := flag.Bool("tuned", false, "use protobuf, and keep only the fields that are needed")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: controller [-tuned] LABEL")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, flag.Arg(0), *tuned); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, label string, tuned bool) error {
	client, err := kubernetes.NewForConfig(config(tuned))
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, options(label, tuned)...)
	pods := factory.Core().V1().Pods()
	releaser := newReleaser(client, pods.Lister())
	if _, err := pods.Informer().AddEventHandler(releaser.handler()); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), pods.Informer().HasSynced) {
		return ctx.Err()
	}
	log.Printf("watching pods with the label %s in all namespaces", label)

	var group sync.WaitGroup
	for range workers {
		group.Go(func() { releaser.work(ctx) })
	}
	<-ctx.Done()
	releaser.queue.ShutDown()
	group.Wait()
	return nil
}

// config is rest.InClusterConfig for a ServiceAccount in another folder.
func config(tuned bool) *rest.Config {
	folder := os.Getenv("SERVICE_ACCOUNT_DIRECTORY")
	address := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	config := &rest.Config{
		Host:            fmt.Sprintf("https://%s", address),
		TLSClientConfig: rest.TLSClientConfig{CAFile: filepath.Join(folder, "ca.crt")},
		BearerTokenFile: filepath.Join(folder, "token"),
		UserAgent:       "controller",
		QPS:             -1, // no limit of its own: the API server has priority and fairness
	}
	if tuned {
		config.ContentType = runtime.ContentTypeProtobuf
		config.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	}
	return config
}

func options(label string, tuned bool) []informers.SharedInformerOption {
	selection := informers.WithTweakListOptions(func(options *metav1.ListOptions) {
		options.LabelSelector = label
		options.FieldSelector = "spec.nodeName="
	})
	if !tuned {
		return []informers.SharedInformerOption{selection}
	}
	return []informers.SharedInformerOption{selection, informers.WithTransform(trim)}
}

// trim drops the fields of a pod that the releaser does not read.
func trim(object any) (any, error) {
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return object, nil
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace:         pod.Namespace,
			Name:              pod.Name,
			UID:               pod.UID,
			ResourceVersion:   pod.ResourceVersion,
			CreationTimestamp: pod.CreationTimestamp,
			DeletionTimestamp: pod.DeletionTimestamp,
		},
		Spec: corev1.PodSpec{SchedulingGates: pod.Spec.SchedulingGates},
	}, nil
}
