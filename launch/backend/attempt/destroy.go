package attempt

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"trainyard/launch/redact"
	"trainyard/launch/task"
)

// variable is how a request names a variable of the environment.
var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// A httpRequest is one to send. It may hold secrets: it goes to a program's standard
// input and nowhere else.
type httpRequest struct {
	Method string            `json:"method"`
	URL    string            `json:"url"`
	Header map[string]string `json:"header"`
	Body   string            `json:"body"`
}

// requests are the one that destroys, and the one that looks whether the box is gone,
// with the values of their variables.
func (d Destroy) requests(value func(name string) string) (destroy, look httpRequest) {
	fill := func(text string) string {
		return variable.ReplaceAllStringFunc(text, func(name string) string { return value(name[2 : len(name)-1]) })
	}
	header := map[string]string{}
	for name, text := range d.Header {
		header[name] = fill(text)
	}
	destroy = httpRequest{Method: d.Method, URL: fill(d.URL), Header: header, Body: fill(d.Body)}
	look = destroy
	if d.Check != "" {
		look = httpRequest{Method: "GET", URL: fill(d.Check), Header: header}
	}
	return destroy, look
}

// names are the variables that a request needs.
func (d Destroy) names() (names []string) {
	texts := append([]string{d.URL, d.Check, d.Body}, slices.Collect(maps.Values(d.Header))...)
	for _, m := range variable.FindAllStringSubmatch(strings.Join(texts, "\n"), -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// check refuses what could not destroy the box when the time has come, and a key that
// would stand in a file.
func (d Destroy) check(env []task.Env) error {
	for _, name := range d.names() {
		given := slices.ContainsFunc(env, func(e task.Env) bool { return e.Name == name && e.Value != "" })
		if !given && os.Getenv(name) == "" {
			return fmt.Errorf("the request that destroys the box needs the variable %s, which has no value: give it with the command's environment", name)
		}
	}
	if redact.HoldsSecret(d.URL + "\n" + d.Check + "\n" + d.Body) {
		return fmt.Errorf("the request that destroys the box holds a secret, which would stand in a file: name a variable, as ${RUNPOD_API_KEY}")
	}
	for name, text := range d.Header {
		if bare := variable.ReplaceAllString(text, ""); redact.HoldsSecret(name + ": " + bare) {
			return fmt.Errorf("the header %s of the request that destroys the box holds a secret, which would stand in a file: name a variable, as ${RUNPOD_API_KEY}", name)
		}
	}
	destroy, look := d.requests(func(string) string { return "x" })
	for _, r := range []httpRequest{destroy, look} {
		if err := r.check(); err != nil {
			return fmt.Errorf("the request that destroys the box: %w", err)
		}
	}
	return findSenders()
}

var methodForm = regexp.MustCompile(`^[A-Z]+$`)

func (r httpRequest) check() error {
	u, err := url.Parse(r.URL)
	switch {
	case err != nil:
		return fmt.Errorf("its URL cannot be read")
	case u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost"):
		return fmt.Errorf("its URL begins with %q: want https, since it bears a key", u.Scheme)
	case u.Host == "":
		return fmt.Errorf("its URL names no host")
	case !methodForm.MatchString(r.Method):
		return fmt.Errorf("its method is %q: want one such as DELETE", r.Method)
	}
	return nil
}
