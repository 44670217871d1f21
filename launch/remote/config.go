package remote

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/kevinburke/ssh_config"
)

// A target is a host with everything that the configuration says about it.
type target struct {
	name       string // as the user wrote it
	address    string // HOST:PORT to connect to
	hostKey    string // HOST:PORT that known_hosts is asked about
	user       string
	identities []string // files of private keys, in order
	chosen     bool     // they were named, and are used before the agent's others
	onlyThese  bool     // keys of the agent are used only if they are among them
	agent      string   // its socket; empty: none
	known      []string // files of known_hosts
	acceptNew  bool
	jumps      []*target // the nearest first
}

// maxJumps bounds hosts that jump through each other.
const maxJumps = 8

// resolve asks the configuration of ssh for what the host leaves open.
func (h Host) resolve() (*target, error) { return h.resolveWithin(maxJumps) }

func (h Host) resolveWithin(depth int) (*target, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	if depth == 0 {
		return nil, fmt.Errorf("host %s: more than %d jumps: hosts seem to jump through each other", h, maxJumps)
	}
	c, err := h.configuration()
	if err != nil {
		return nil, fmt.Errorf("host %s: %w", h, err)
	}
	if command := c.first("ProxyCommand"); command != "" && command != "none" && len(h.Jump) == 0 {
		return nil, fmt.Errorf("host %s: the configuration of ssh has ProxyCommand %q for it, which is not supported: use ProxyJump, or give jump in the backend's settings", h, command)
	}
	t, err := h.plain(c)
	if err != nil {
		return nil, err
	}
	t.jumps, err = h.jumps(c, depth)
	return t, err
}

// plain is the target without its jumps.
func (h Host) plain(c configuration) (*target, error) {
	port := cmp.Or(strconv.Itoa(h.Port), "0")
	if h.Port == 0 {
		port = cmp.Or(c.first("Port"), "22")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return nil, fmt.Errorf("host %s: the configuration of ssh has Port %q: a number from 1 to 65535 is wanted", h, port)
	}
	t := &target{name: h.String(), user: cmp.Or(h.User, c.first("User"))}
	if t.user == "" {
		me, err := user.Current()
		if err != nil {
			return nil, fmt.Errorf("host %s: no user is given, and that of this process is not known: %w", h, err)
		}
		t.user = me.Username
	}
	words := tokens{home: c.home, host: h.Address, port: port, user: t.user}
	hostname := cmp.Or(words.fill(c.first("HostName")), h.Address)
	words.hostname = hostname
	t.address = joinPort(hostname, port)
	t.hostKey = t.address
	if alias := c.first("HostKeyAlias"); alias != "" {
		t.hostKey = joinPort(alias, "22") // an alias stands without a port
	}
	t.keys(h, c, words)
	t.hosts(h, c, words)
	return t, nil
}

func (t *target) keys(h Host, c configuration, words tokens) {
	t.agent = os.Getenv("SSH_AUTH_SOCK")
	switch socket := c.first("IdentityAgent"); socket {
	case "", "SSH_AUTH_SOCK":
	case "none":
		t.agent = ""
	default:
		t.agent = words.path(os.ExpandEnv(socket))
	}
	t.onlyThese = strings.EqualFold(c.first("IdentitiesOnly"), "yes")
	files := c.all("IdentityFile")
	if h.Identity != "" {
		files, t.onlyThese = []string{h.Identity}, true
	}
	t.chosen = len(files) > 0
	if !t.chosen {
		files = []string{"~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"}
	}
	for _, f := range files {
		if f != "none" {
			t.identities = append(t.identities, words.path(f))
		}
	}
}

func (t *target) hosts(h Host, c configuration, words tokens) {
	known := slices.Concat(strings.Fields(cmp.Or(c.first("UserKnownHostsFile"), "~/.ssh/known_hosts ~/.ssh/known_hosts2")),
		strings.Fields(cmp.Or(c.first("GlobalKnownHostsFile"), "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2")))
	for _, f := range known {
		if f != "none" {
			t.known = append(t.known, words.path(strings.Trim(f, `"`)))
		}
	}
	// As with ssh, "no" takes keys that are new. It takes changed ones too there; here
	// nothing does.
	t.acceptNew = h.AcceptNew || slices.Contains([]string{"accept-new", "no", "off"}, strings.ToLower(c.first("StrictHostKeyChecking")))
}

// jumps are those of the host, else those of the configuration. A jump that is
// reached through others of its own brings these.
func (h Host) jumps(c configuration, depth int) ([]*target, error) {
	names := h.Jump
	if proxy := c.first("ProxyJump"); len(names) == 0 && proxy != "" && proxy != "none" {
		names = strings.Split(proxy, ",")
	}
	var all []*target
	for i, name := range names {
		jump, err := ParseHost(strings.TrimSpace(name))
		if err != nil {
			return nil, fmt.Errorf("jump to %s: %w", h, err)
		}
		jump.Config, jump.AcceptNew, jump.Identity = h.Config, h.AcceptNew, h.Identity
		t, err := jump.resolveWithin(depth - 1)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			t.jumps = nil // the way there is given
		}
		all = append(all, slices.Concat(t.jumps, []*target{t})...)
		t.jumps = nil
	}
	return all, nil
}

// A configuration is what the files of ssh say about one host: the user's before
// the system's.
type configuration struct {
	alias string
	home  string
	files []*ssh_config.Config
}

func (h Host) configuration() (configuration, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return configuration{}, err
	}
	c := configuration{alias: h.Address, home: home}
	own := cmp.Or(h.Config, filepath.Join(home, ".ssh", "config"))
	if h.Config == "none" {
		return c, nil
	}
	for _, name := range []string{own, "/etc/ssh/ssh_config"} {
		file, err := readConfig(name)
		if errors.Is(err, fs.ErrNotExist) && (name != own || h.Config == "") {
			continue
		}
		if err != nil {
			return c, fmt.Errorf("%s: %w; set ssh_config to another file, or to none, in the backend's settings", name, err)
		}
		c.files = append(c.files, file)
	}
	return c, nil
}

func readConfig(name string) (*ssh_config.Config, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ssh_config.Decode(f)
}

// first is the value of a key: in ssh the first one counts.
func (c configuration) first(key string) string {
	for _, f := range c.files {
		if value, err := f.Get(c.alias, key); err == nil && value != "" {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

func (c configuration) all(key string) (values []string) {
	for _, f := range c.files {
		if found, err := f.GetAll(c.alias, key); err == nil {
			values = append(values, found...)
		}
	}
	for i := range values {
		values[i] = strings.Trim(values[i], `"`)
	}
	return values
}

// tokens are what %-sequences of the configuration stand for (ssh_config(5)).
type tokens struct{ home, host, hostname, port, user string }

func (w tokens) fill(text string) string {
	local := ""
	if me, err := user.Current(); err == nil {
		local = me.Username
	}
	return strings.NewReplacer("%%", "%", "%d", w.home, "%h", cmp.Or(w.hostname, w.host), "%n", w.host, "%p", w.port, "%r", w.user, "%u", local).Replace(text)
}

// path is a file name of the configuration.
func (w tokens) path(text string) string {
	text = w.fill(text)
	if rest, ok := strings.CutPrefix(text, "~/"); ok {
		return filepath.Join(w.home, rest)
	}
	return text
}

func joinPort(host, port string) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}
