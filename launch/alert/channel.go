package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trainyard/launch/files"
	"trainyard/launch/redact"
)

// A Channel is where alerts go.
type Channel struct {
	On      []Kind   // what it is told; empty: everything
	Command []string // argv of a program that gets the alert as JSON on standard input
	Webhook string   // a URL, or $NAME for one that stands in the environment
}

// Check reports what is wrong with a channel.
func (c Channel) Check() error {
	for _, kind := range c.On {
		if !slices.Contains(Kinds, kind) {
			return fmt.Errorf("alerts: %q is unknown: there are %v", kind, Kinds)
		}
	}
	if (len(c.Command) == 0) == (c.Webhook == "") {
		return errors.New("alerts: give each channel a command or a webhook")
	}
	if c.Webhook != "" && !strings.HasPrefix(c.Webhook, "$") {
		if u, err := url.Parse(c.Webhook); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return errors.New("alerts: webhook is no URL: give one, or $NAME of an environment variable that holds it")
		}
	}
	return nil
}

func (c Channel) wants(kind Kind) bool { return len(c.On) == 0 || slices.Contains(c.On, kind) }

// Tell sends an alert to the channels that want it, if no process has told it before.
// dir is the run's directory, where what was told is written down, first.
func Tell(ctx context.Context, dir string, channels []Channel, a Alert) error {
	var faults []error
	for i, c := range channels {
		if c.wants(a.Kind) {
			faults = append(faults, once(dir, fmt.Sprintf("%s-%d-%d.json", a.Kind, a.Attempt, i), a, func() error { return c.send(ctx, a) }))
		}
	}
	return errors.Join(faults...)
}

// once claims the alert, then sends it. One that could not be sent is given back.
func once(dir, name string, a Alert, send func() error) error {
	dir = filepath.Join(dir, "alerts")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	err := files.ClaimJSON(dir, name, a)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err == nil {
		if err = send(); err != nil {
			err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
		}
	}
	return err
}

// sendLimit is how long a channel may take.
const sendLimit = 30 * time.Second

func (c Channel) send(ctx context.Context, a Alert) error {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	a.Text, a.Content = redact.Here(a.Text), redact.Here(a.Content)
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if c.Webhook != "" {
		return post(ctx, c.Webhook, body)
	}
	cmd := exec.CommandContext(ctx, c.Command[0], c.Command[1:]...)
	cmd.Stdin = bytes.NewReader(body)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("alert by %s: %w: %s", c.Command[0], err, redact.OneLine(redact.Here(string(out)), 200))
	}
	return nil
}

// post never puts the address into an error: a webhook's address is its password.
func post(ctx context.Context, address string, body []byte) error {
	name, named := strings.CutPrefix(address, "$")
	if named {
		if address = os.Getenv(name); address == "" {
			return fmt.Errorf("alert by webhook: %s is not set in the environment", name)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return errors.New("alert by webhook: its address is no URL")
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return fmt.Errorf("alert by webhook: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 200))
		return fmt.Errorf("alert by webhook: it answered %s: %s", res.Status, text)
	}
	return nil
}
