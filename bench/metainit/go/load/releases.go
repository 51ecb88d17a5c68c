package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
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
	query := url.Values{"watch": {"true"}, "labelSelector": {order.Label}, "timeoutSeconds": {"3600"}}
	answer, err := connection.get(podsPath(order) + "?" + query.Encode())
	if err != nil {
		return nil, err
	}
	releases := &releases{
		times: make([]time.Time, order.Pods),
		left:  (order.Pods + 1) / 2,
		ended: make(chan error, 1),
	}
	go func() {
		defer answer.Body.Close()
		releases.ended <- releases.read(bufio.NewReaderSize(answer.Body, 1<<20))
	}()
	return releases, nil
}

// read returns after the last release.
func (r *releases) read(lines *bufio.Reader) error {
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return fmt.Errorf("the watch broke off: %w", err)
		}
		now := time.Now()
		if bytes.Contains(line, []byte(`"schedulingGates":[`)) {
			continue
		}
		index, err := indexOf(line)
		if err != nil {
			return err
		}
		if r.released(index, now) {
			return nil
		}
	}
}

// indexOf finds the name, which is the first field of a pod's metadata.
func indexOf(line []byte) (int, error) {
	_, rest, _ := bytes.Cut(line, []byte(`"name":"`+namePrefix))
	number, _, found := bytes.Cut(rest, []byte(`"`))
	if !found {
		return 0, fmt.Errorf("not an event of a pod: %.300s", line)
	}
	return strconv.Atoi(string(number))
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
