package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// The short form of an object, which the answer to a creation has.
const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"

// connection sends one request at a time, by HTTP/1.1.
type connection struct {
	client *http.Client
	server string
}

func connector(order order) (func() *connection, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(order.CA)) {
		return nil, errors.New("the CA is no certificate")
	}
	pair, err := tls.X509KeyPair([]byte(order.Certificate), []byte(order.Key))
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}
	return func() *connection {
		var protocols http.Protocols
		protocols.SetHTTP1(true)
		transport := &http.Transport{TLSClientConfig: config, Protocols: &protocols, DisableCompression: true}
		return &connection{&http.Client{Transport: transport}, order.Server}
	}, nil
}

func (c *connection) post(path, body string) error {
	request, err := http.NewRequest(http.MethodPost, c.server+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", metadataOnly)
	answer, err := c.client.Do(request)
	if err != nil {
		return err
	}
	return finish(answer, http.StatusCreated)
}

// get returns the answer, whose body the caller closes.
func (c *connection) get(path string) (*http.Response, error) {
	answer, err := c.client.Get(c.server + path)
	if err == nil && answer.StatusCode != http.StatusOK {
		return nil, finish(answer, http.StatusOK)
	}
	return answer, err
}

// finish reads the rest of an answer, so that the connection can be used again.
func finish(answer *http.Response, want int) error {
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != want {
		return fmt.Errorf("%s: %.300s", answer.Status, body)
	}
	return err
}
