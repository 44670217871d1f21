package attempt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"trainyard/launch/redact"
)

// A sender is a program of the box that sends a request. The agent has no TLS of its
// own: crypto/tls alone makes a program of 5.3 MB, and it would still need the box's
// certificates, which come with these programs. Boxes that train have Python, and nearly
// all have curl. The request, with its key, goes to standard input: arguments and files
// are seen by others.
type sender struct {
	argv  []string
	input func(httpRequest) ([]byte, error)
}

// senders are tried in this order, each one where those before it are not there or do
// not get an answer.
var senders = []sender{
	{[]string{"curl", "-q", "--config", "-"}, curlConfig},
	{[]string{"python3", "-I", "-c", pythonSend}, func(r httpRequest) ([]byte, error) { return json.Marshal(r) }},
	{[]string{"python", "-I", "-c", pythonSend}, func(r httpRequest) ([]byte, error) { return json.Marshal(r) }},
}

// sendLimit is how long one request may take, in seconds.
const sendLimit = 60

// pythonSend prints the status of the answer, without following it elsewhere.
const pythonSend = `import sys, json, urllib.request as u, urllib.error as e
class Stay(u.HTTPRedirectHandler):
    def redirect_request(self, *a): return None
r = json.load(sys.stdin)
q = u.Request(r["url"], data=r["body"].encode() or None, headers=r["header"], method=r["method"])
try:
    print(u.build_opener(Stay).open(q, timeout=60).status)
except e.HTTPError as x:
    print(x.code)
`

// curlConfig is the request as curl reads it: one option a line, values in quotes.
func curlConfig(r httpRequest) ([]byte, error) {
	var b bytes.Buffer
	option := func(name, value string) {
		fmt.Fprintf(&b, "%s = \"%s\"\n", name, curlQuotes.Replace(value))
	}
	b.WriteString("silent\nshow-error\ngloboff\n")
	option("url", r.URL)
	option("request", r.Method)
	option("max-time", strconv.Itoa(sendLimit))
	option("output", "/dev/null")
	option("write-out", "%{http_code}")
	for name, value := range r.Header {
		if strings.ContainsAny(name+value, "\r\n\x00") {
			return nil, fmt.Errorf("the header %s has a line break", name)
		}
		option("header", name+": "+value)
	}
	if r.Body != "" {
		option("data-raw", r.Body)
	}
	return b.Bytes(), nil
}

var curlQuotes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// findSenders reports whether the box has one.
func findSenders() error {
	if slices.ContainsFunc(senders, func(s sender) bool { _, err := exec.LookPath(s.argv[0]); return err == nil }) {
		return nil
	}
	return fmt.Errorf("the box could not destroy itself: it has neither curl nor python3: %w", exec.ErrNotFound)
}

// send gives the status of the answer. An error has no secret of the request.
func send(ctx context.Context, r httpRequest) (status int, err error) {
	var faults []error
	for _, s := range senders {
		status, err := s.send(ctx, r)
		if err == nil {
			return status, nil
		}
		if !errors.Is(err, exec.ErrNotFound) {
			faults = append(faults, fmt.Errorf("%s: %w", s.argv[0], err))
		}
	}
	if faults == nil {
		return 0, findSenders()
	}
	return 0, errors.Join(faults...)
}

func (s sender) send(ctx context.Context, r httpRequest) (status int, err error) {
	input, err := s.input(r)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*sendLimit*time.Second)
	defer cancel()
	result, err := here{}.Exec(ctx, s.argv, input)
	if err != nil {
		return 0, err
	}
	status, err = strconv.Atoi(strings.TrimSpace(string(result.Stdout)))
	if err != nil || status < 100 {
		return 0, fmt.Errorf("no answer (code %d): %s", result.Code, clip(r.clean(lastWords(result.Stderr)), 300))
	}
	return status, nil
}

// clean takes out what a program may repeat of the request.
func (r httpRequest) clean(text string) string {
	for _, value := range r.Header {
		for _, word := range append(strings.Fields(value), value) {
			if len(word) >= redact.MinSecret {
				text = strings.ReplaceAll(text, word, "[redacted]")
			}
		}
	}
	return redact.Here(text)
}

func lastWords(text []byte) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return lines[len(lines)-1]
}
