package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// releases has the time at which a watch showed each pod without gates.
type releases struct {
	mutex sync.Mutex
	times []time.Time
	left  int
	ended chan error
}

// watchReleases returns when the watch is open.
func watchReleases(connection *connection, order order) (*releases, error) {
	answer, err := openWatch(connection, order, "")
	if err != nil {
		return nil, err
	}
	releases := &releases{
		times: make([]time.Time, order.Pods),
		left:  (order.Pods + 1) / 2,
		ended: make(chan error, 1),
	}
	go func() { releases.ended <- releases.follow(connection, order, answer) }()
	return releases, nil
}

func openWatch(connection *connection, order order, resourceVersion string) (*http.Response, error) {
	query := url.Values{
		"watch":           {"true"},
		"labelSelector":   {order.Label},
		"resourceVersion": {resourceVersion},
		"timeoutSeconds":  {"3600"},
	}
	return connection.get(podsPath(order) + "?" + query.Encode())
}

// follow returns after the last release. A watch that ends is resumed: the API server ends watches when the machine is
// too busy to send the events.
func (r *releases) follow(connection *connection, order order, answer *http.Response) error {
	for {
		resourceVersion, err := r.read(bufio.NewReaderSize(answer.Body, 1<<20))
		answer.Body.Close()
		if err != io.EOF {
			return err
		}
		if answer, err = openWatch(connection, order, resourceVersion); err != nil {
			return err
		}
	}
}

// read returns after the last release, or with io.EOF and the last resourceVersion at the end of the watch.
func (r *releases) read(lines *bufio.Reader) (resourceVersion string, err error) {
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return resourceVersion, err
		}
		now := time.Now()
		if resourceVersion, err = valueOf(line, `"resourceVersion":"`); err != nil {
			return resourceVersion, err
		}
		if bytes.Contains(line, []byte(`"schedulingGates":[`)) {
			continue
		}
		// The name is the first field of a pod's metadata.
		number, err := valueOf(line, `"name":"`+namePrefix)
		if err != nil {
			return resourceVersion, err
		}
		index, err := strconv.Atoi(number)
		if err != nil || r.released(index, now) {
			return resourceVersion, err
		}
	}
}

// valueOf returns the text from the first occurrence of the prefix to the next quote.
func valueOf(line []byte, prefix string) (string, error) {
	_, rest, _ := bytes.Cut(line, []byte(prefix))
	value, _, found := bytes.Cut(rest, []byte(`"`))
	if !found {
		return "", fmt.Errorf("not an event of a pod: %.300s", line)
	}
	return string(value), nil
}

// released returns whether it was the last pod.
func (r *releases) released(index int, now time.Time) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.times[index].IsZero() {
		r.times[index] = now
		r.left--
	}
	return r.left == 0
}

// wait returns after the last release, or after the time is over.
func (r *releases) wait(timeout time.Duration) error {
	select {
	case err := <-r.ended:
		return err
	case <-time.After(timeout):
		return nil
	}
}

func (r *releases) all() []time.Time {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return append([]time.Time(nil), r.times...)
}

// countTouched counts the pods without the label that were changed after their creation.
func countTouched(connection *connection, order order) (int, error) {
	query := url.Values{"labelSelector": {"!" + order.Label}}
	answer, err := connection.get(podsPath(order) + "?" + query.Encode())
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	var list struct {
		Items []struct {
			Metadata struct{ Generation int }
			Spec     struct{ SchedulingGates []any }
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		return 0, err
	}
	touched := order.Pods/2 - len(list.Items)
	for _, pod := range list.Items {
		if pod.Metadata.Generation != 1 || len(pod.Spec.SchedulingGates) != 1 {
			touched++
		}
	}
	return touched, nil
}
