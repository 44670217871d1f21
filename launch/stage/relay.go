package stage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"path"
	"strings"
	"time"

	"trainyard/launch/backend/attempt"
)

// A Relay is a place between this machine and others, such as a bucket: objects go up
// once, and each machine fetches them.
type Relay interface {
	// Place is what people call it.
	Place() string
	// Upload brings a file up, unless it is there.
	Upload(ctx context.Context, digest, file string, size int64) error
	// URL opens an object without credentials, for a while: it is a secret.
	URL(ctx context.Context, digest string) (string, error)
	// Forget removes an object that is not what its digest says.
	Forget(ctx context.Context, digest string) error
}

// Through has objects of some size come by a relay. It is said before anything is
// brought.
func (s *Stager) Through(r Relay) { s.relay = r }

// relayFrom is how large an object is that takes the way over a relay, in bytes: for
// smaller ones the questions alone take longer than the session does.
const relayFrom = 1 << 20

// fetch has the machine fetch an object from the relay, going on from what is there.
func (s *Stager) fetch(ctx context.Context, o object, have int64, sent func(int64)) error {
	if err := s.relay.Upload(ctx, o.digest, o.path, o.size); err != nil {
		return err
	}
	if have < o.size {
		if err := s.pull(ctx, o, have, sent); err != nil {
			return err
		}
	}
	// It has all bytes: that no more are to come has the store look at their digest.
	err := s.machine.Put(ctx, o.digest, o.size, o.size, nil)
	if errors.Is(err, attempt.ErrDigest) {
		return errors.Join(fmt.Errorf("from %s came something else: %w", s.relay.Place(), err), s.relay.Forget(ctx, o.digest))
	}
	return err
}

// pull runs a program there that fetches the URL, and tells how far it has come.
func (s *Stager) pull(ctx context.Context, o object, have int64, sent func(int64)) error {
	secret, err := s.relay.URL(ctx, o.digest)
	if err != nil {
		return err
	}
	box, err := s.machine.Hello(ctx)
	if err != nil {
		return err
	}
	f, err := s.fetcher(ctx)
	if err != nil {
		return err
	}
	part := path.Join(box.Store, o.digest+".part")
	stdin, err := f.input(fetching{URL: secret, File: part})
	if err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { defer close(watched); s.watch(watching, o, have, sent) }()
	result, err := s.machine.Exec(ctx, s.alone(ctx, part, f.argv), stdin)
	stop()
	<-watched
	switch {
	case err != nil:
		return err
	case result.Code == busy:
		return fmt.Errorf("another launch fetches it: %w", attempt.ErrOffset) // tried again
	case result.Code != 0:
		words := strings.TrimSpace(string(result.Stderr))
		return &fetchError{fmt.Sprintf("the machine cannot fetch it from %s (%s ended with code %d): %s: can it reach %s? Without the backend's stage: it comes over ssh",
			s.relay.Place(), f.argv[0], result.Code, strings.NewReplacer(secret, "[the URL]", query(secret), "[…]").Replace(words), host(secret))}
	}
	return nil
}

// A fetchError may pass: what came of the object stays.
type fetchError struct{ words string }

func (e *fetchError) Error() string { return e.words }

func query(secret string) string {
	if _, after, found := strings.Cut(secret, "?"); found {
		return after
	}
	return secret
}

func host(secret string) string {
	u, err := url.Parse(secret)
	if err != nil {
		return "its host"
	}
	return u.Host
}

// watchEvery is how often it is asked how much has come.
const watchEvery = time.Second

func (s *Stager) watch(ctx context.Context, o object, have int64, sent func(int64)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(watchEvery):
		}
		if now, _, err := s.machine.Has(ctx, o.digest); err == nil && now > have {
			sent(now - have)
			have = now
		}
	}
}

// busy is the code of flock where another one holds the lock.
const busy = 75

// alone runs argv under the lock of the file, which the store's own writers take too,
// where the machine has flock.
func (s *Stager) alone(ctx context.Context, file string, argv []string) []string {
	if _, err := s.machine.LookPath(ctx, "flock"); err != nil {
		return argv // the digest tells where two have written at once
	}
	return append([]string{"flock", "-n", "-E", fmt.Sprint(busy), file}, argv...)
}

// A fetching is what a fetcher gets on standard input: arguments are seen by others.
type fetching struct {
	URL  string `json:"url"`
	File string `json:"file"`
}

// A fetcher is a program of the machine that appends what is missing of a URL's object
// to a file.
type fetcher struct {
	argv  []string
	input func(fetching) ([]byte, error)
}

var fetchers = []fetcher{
	{[]string{"curl", "-q", "--config", "-"}, curlInput},
	{[]string{"python3", "-I", "-c", pythonFetch}, func(f fetching) ([]byte, error) { return json.Marshal(f) }},
}

func (s *Stager) fetcher(ctx context.Context) (fetcher, error) {
	for _, f := range fetchers {
		_, err := s.machine.LookPath(ctx, f.argv[0])
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, exec.ErrNotFound) {
			return fetcher{}, err
		}
	}
	return fetcher{}, &fetchError{fmt.Sprintf("the machine has neither curl nor python3 to fetch from %s: install one, or leave out the backend's stage:", s.relay.Place())}
}

var curlQuotes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func curlInput(f fetching) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("silent\nshow-error\nfail\ngloboff\ncontinue-at = \"-\"\nspeed-limit = 1\nspeed-time = 60\nconnect-timeout = 30\n")
	for _, o := range [][2]string{{"url", f.URL}, {"output", f.File}} {
		if strings.ContainsAny(o[1], "\r\n\x00") {
			return nil, fmt.Errorf("the %s has a line break", o[0])
		}
		fmt.Fprintf(&b, "%s = \"%s\"\n", o[0], curlQuotes.Replace(o[1]))
	}
	return b.Bytes(), nil
}

// pythonFetch goes on from what is there.
const pythonFetch = `import sys, json, os, shutil, urllib.request as u
f = json.load(sys.stdin)
have = os.path.getsize(f["file"]) if os.path.exists(f["file"]) else 0
q = u.Request(f["url"], headers={"Range": "bytes=%d-" % have} if have else {})
try:
    a = u.urlopen(q, timeout=60)
    if have and a.status != 206:
        sys.exit("the server sent all of it again")
    with open(f["file"], "ab") as o:
        shutil.copyfileobj(a, o, 1 << 20)
except OSError as e:
    sys.exit("%s: %s" % (type(e).__name__, e))
`
