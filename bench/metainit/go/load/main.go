// Command load creates pods at full speed, half of them labelled, and measures how long each labelled pod is held. It
// reads the answers as bytes, so that it takes little CPU time from the API server and from the measured program.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// order says what to create and where. It comes on stdin.
type order struct {
	Server      string `json:"server"`
	CA          string `json:"ca"`
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
	Namespace   string `json:"namespace"`
	Label       string `json:"label"`
	Pods        int    `json:"pods"`
	Connections int    `json:"connections"`
	// TimeoutSeconds is the time for the releases after the last creation.
	TimeoutSeconds int `json:"timeoutSeconds"`
}

// result goes to stdout.
type result struct {
	// HeldMs has, for each labelled pod, the time from the answer to its creation until the watch shows it without gates.
	HeldMs []float64 `json:"heldMs"`
	// Missed counts the labelled pods that were not released in time.
	Missed int `json:"missed"`
	// Touched counts the other pods that were changed.
	Touched int `json:"touched"`
	// Seconds is the time from the first creation to the last release.
	Seconds float64 `json:"seconds"`
	// CreateSeconds is the time from the first creation to the last one.
	CreateSeconds float64 `json:"createSeconds"`
}

func main() {
	log.SetFlags(0)
	var order order
	if err := json.NewDecoder(os.Stdin).Decode(&order); err != nil {
		log.Fatal(err)
	}
	result, err := run(order)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		log.Fatal(err)
	}
}

func run(order order) (result, error) {
	connect, err := connector(order)
	if err != nil {
		return result{}, err
	}
	bodies := podBodies(order)
	releases, err := watchReleases(connect(), order)
	if err != nil {
		return result{}, err
	}
	begun := time.Now()
	created, err := create(connect, order, bodies)
	if err != nil {
		return result{}, err
	}
	createSeconds := time.Since(begun).Seconds()
	if err := releases.wait(time.Duration(order.TimeoutSeconds) * time.Second); err != nil {
		return result{}, err
	}
	touched, err := countTouched(connect(), order)
	if err != nil {
		return result{}, err
	}

	result := result{HeldMs: []float64{}, Touched: touched, CreateSeconds: createSeconds}
	released := releases.all()
	for index := 0; index < order.Pods; index += 2 {
		at := released[index]
		if at.IsZero() {
			result.Missed++
			continue
		}
		result.HeldMs = append(result.HeldMs, at.Sub(created[index]).Seconds()*1000)
		result.Seconds = max(result.Seconds, at.Sub(begun).Seconds())
	}
	return result, nil
}

// create returns the time of the answer to each creation.
func create(connect func() *connection, order order, bodies []string) ([]time.Time, error) {
	created := make([]time.Time, len(bodies))
	errs := make(chan error, order.Connections)
	var next atomic.Int64
	var group sync.WaitGroup
	for range order.Connections {
		connection := connect()
		group.Go(func() {
			for index := next.Add(1) - 1; index < int64(len(bodies)); index = next.Add(1) - 1 {
				if err := connection.post(podsPath(order), bodies[index]); err != nil {
					errs <- fmt.Errorf("create pod %d: %w", index, err)
					return
				}
				created[index] = time.Now()
			}
		})
	}
	group.Wait()
	close(errs)
	return created, <-errs
}
