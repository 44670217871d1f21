package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// An object is a piece of a manifest.
type object = map[string]any

// A client speaks with one API server.
type client struct {
	connection
	http *http.Client
}

// requestLimit is for one request, logs among them, and far more than a server that
// answers takes.
const requestLimit = 60 * time.Second

func newClient(c connection) *client {
	return &client{c, &http.Client{Transport: c.transport, Timeout: requestLimit}}
}

// An apiError is an answer that is no success (meta/v1 Status).
type apiError struct {
	Code    int    `json:"code"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	after   string // of the header Retry-After
}

func (e *apiError) Error() string {
	words := fmt.Sprintf("the API server said %d %s: %s", e.Code, e.Reason, e.Message)
	switch e.Code {
	case http.StatusUnauthorized:
		words += "; log in again: kubectl with the same context is refused too"
	case http.StatusForbidden:
		words += "; ask for a role that may create, get, patch and delete jobs, create and delete configmaps and secrets, create services, patch and delete pods, and get them and their logs"
	}
	return words
}

// answered reports whether the server gave this code.
func answered(err error, code int) bool {
	var e *apiError
	return errors.As(err, &e) && e.Code == code
}

// refused reports whether the server understood a request and did not do it: after
// any other error it may have been done.
func refused(err error) bool {
	var e *apiError
	return errors.As(err, &e) && e.Code >= 400 && e.Code < 500 && e.Code != http.StatusRequestTimeout && e.Code != http.StatusTooManyRequests
}

// blind reports whether an error says nothing about what was asked for: no
// connection, or a server that has troubles of its own.
func blind(err error) bool {
	var e *apiError
	if errors.As(err, &e) {
		return e.Code >= 500 || e.Code == http.StatusTooManyRequests
	}
	return err != nil
}

// Kinds of bodies.
const (
	asJSON  = "application/json"
	asMerge = "application/merge-patch+json"
	asPatch = "application/json-patch+json"
)

// do sends a request and reads its answer into out, which may be nil. It never
// sends twice, but after credentials that have run out: a request that was refused
// for them was not done.
func (c *client) do(ctx context.Context, method, path, kind string, body, out any) error {
	err := c.once(ctx, method, path, kind, body, out)
	if answered(err, http.StatusUnauthorized) {
		c.auth.stale()
		err = c.once(ctx, method, path, kind, body, out)
	}
	return err
}

func (c *client) once(ctx context.Context, method, path, kind string, body, out any) error {
	answer, err := c.open(ctx, method, path, kind, body)
	if err != nil {
		return err
	}
	defer answer.Close()
	data, err := io.ReadAll(io.LimitReader(answer, maxAnswer))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s %s: the answer is no JSON: %w", method, path, err)
	}
	return nil
}

// maxAnswer is far more than a list of an attempt's pods.
const maxAnswer = 64 << 20

// open sends a request and gives the body of a successful answer.
func (c *client) open(ctx context.Context, method, path, kind string, body any) (io.ReadCloser, error) {
	var data io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		data = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.server+path, data)
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", "trainyard")
	r.Header.Set("Accept", "application/json, */*")
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	if err := c.auth.sign(ctx, r); err != nil {
		return nil, err
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("the API server %s cannot be reached: %w", c.server, err)
	}
	if answer.StatusCode/100 == 2 {
		return answer.Body, nil
	}
	defer answer.Body.Close()
	return nil, failure(answer)
}

func failure(answer *http.Response) error {
	e := &apiError{}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<20)) // half of the words is better than none
	if json.Unmarshal(text, e) != nil || e.Message == "" {
		e.Message = clip(strings.TrimSpace(string(text)), 400)
	}
	e.Code, e.after = answer.StatusCode, answer.Header.Get("Retry-After")
	return e
}

// Paths of the resources, with the words of a user escaped.
func (c *client) jobs() string {
	return "/apis/batch/v1/namespaces/" + url.PathEscape(c.namespace) + "/jobs"
}

func (c *client) core(kind string) string {
	return "/api/v1/namespaces/" + url.PathEscape(c.namespace) + "/" + kind
}

// strict has the server refuse fields it does not know, which an old one would drop.
const strict = "?fieldValidation=Strict"

// clip cuts text to most characters.
func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
